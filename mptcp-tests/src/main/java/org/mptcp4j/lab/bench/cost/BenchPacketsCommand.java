package org.mptcp4j.lab.bench.cost;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.mptcp4j.lab.console.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab bench-packets}. */
@Command(
    name = "bench-packets",
    header = "What the dearest packets cost beside an ordinary one.",
    description =
        "Give a stack crafted packets of every kind in every situation that a peer can prepare, and"
            + " measure the processor time that one takes, beside a data segment of 1,448 bytes in"
            + " order in the same situation. Exit code 1 when one costs more than its bound: 20"
            + " times that, 60 times what creates state or needs an HMAC.")
public final class BenchPacketsCommand implements Callable<Integer> {
  private static final int ROUND = 50;

  @Spec private CommandSpec spec;

  @Option(
      names = "--packets",
      defaultValue = "2000",
      paramLabel = "N",
      description = "Packets of each kind, half of them before measuring. Default: 2000.")
  private int packets;

  BenchPacketsCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    measure(Situation.MPTCP_IDLE, PacketKind.IN_ORDER); // so that the code is compiled
    boolean over = false;
    for (Situation situation : Situation.values()) {
      double ordinary = measure(situation, PacketKind.IN_ORDER);
      TextTable table = new TextTable(situation.title(), "us", "ratio", "bound", "");
      for (PacketKind kind : PacketKind.of(situation)) {
        double us = kind == PacketKind.IN_ORDER ? ordinary : measure(situation, kind);
        double ratio = us / ordinary;
        boolean dear = ratio > kind.bound();
        over |= dear;
        table.row(
            kind.title(),
            String.format(Locale.ROOT, "%.2f", us),
            String.format(Locale.ROOT, "%.1f", ratio),
            Integer.toString(kind.bound()),
            dear ? "OVER" : "");
      }
      table.lines().forEach(out::println);
      out.println();
      out.flush();
    }
    return over ? 1 : 0;
  }

  /** Processor time of a packet in microseconds: the median of rounds, so that a pause is none. */
  private double measure(Situation situation, PacketKind kind) {
    double[] rounds = new double[Math.max(1, packets / 2 / ROUND)];
    try (Victim victim = situation.prepare()) {
      int i = 0;
      for (; i < packets / 2; i++) {
        kind.deliver(situation, victim, i);
      }
      for (int round = 0; round < rounds.length; round++) {
        victim.takeSpentNs();
        for (int k = 0; k < ROUND; k++) {
          kind.deliver(situation, victim, i++);
        }
        rounds[round] = victim.takeSpentNs() / 1000.0 / ROUND;
        victim.drain();
      }
    }
    Arrays.sort(rounds);
    return rounds[rounds.length / 2];
  }
}
