package org.mptcp4j.lab.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.StackUsage;
import org.mptcp4j.lab.bench.KernelLoad;
import org.mptcp4j.lab.traffic.LoadCounters;

class RuntimeFiguresTest {
  @Test
  void everyLineIsAnsweredByALineOfFigures() throws IOException {
    try (PipedOutputStream question = new PipedOutputStream();
        PipedWriter answers = new PipedWriter();
        BufferedReader answer = new BufferedReader(new PipedReader(answers))) {
      RuntimeFigures.answer(
          new PipedInputStream(question),
          new PrintWriter(answers),
          new LoadCounters()::snapshot,
          () -> new StackUsage(3, 1, 2, 0, 0, 77));
      long before = allocated(question, answer);
      byte[] garbage = new byte[1 << 20];
      assertThat(allocated(question, answer) - before)
          .isBetween((long) garbage.length, 4L * garbage.length);
    }
  }

  private static long allocated(PipedOutputStream question, BufferedReader answer)
      throws IOException {
    question.write('\n');
    question.flush();
    String line = answer.readLine();
    assertThat(line).startsWith("figures bytes=0 connections=0 held=77 open=3 pinned=");
    return Long.parseLong(KernelLoad.parse(line).get("allocated"));
  }

  @Test
  void whatACollectorDoesBesideTheProgramIsNoPause() {
    assertThat(RuntimeFigures.isPausing("G1 Young Generation")).isTrue();
    assertThat(RuntimeFigures.isPausing("ZGC Pauses")).isTrue();
    assertThat(RuntimeFigures.isPausing("G1 Concurrent GC")).isFalse();
    assertThat(RuntimeFigures.isPausing("ZGC Cycles")).isFalse();
  }
}
