package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.mptcp4j.lab.bench.BenchMode.Condition;

/**
 * Measures one mode: servers and namespaces of its own, so that no figure depends on what was
 * measured before; a warm-up of both sides in turn until both are steady; then A B A B.
 */
final class Duel {
  private static final double ROUND_SECONDS = 1;
  private static final double LONGEST_WARM_UP_SECONDS = 20;

  private final BenchMode mode;
  private final Opponent opponent;
  private final double seconds;
  private final int pairs;
  private final Consumer<String> progress;

  /**
   * @param opponent what is measured against the kernel
   * @param seconds of one measurement
   * @param pairs measurements of each side
   * @param progress told in words what happens
   */
  Duel(BenchMode mode, Opponent opponent, double seconds, int pairs, Consumer<String> progress) {
    this.mode = mode;
    this.opponent = opponent;
    this.seconds = seconds;
    this.pairs = pairs;
    this.progress = progress;
  }

  /**
   * What was measured, the values by the names that the client gave them.
   *
   * @param warmUpSeconds how long the warm-up took, both sides together
   * @param steady whether both sides were steady at its end
   */
  record Outcome(
      BenchMode mode,
      double warmUpSeconds,
      boolean steady,
      List<Map<String, Double>> kernel,
      List<Map<String, Double>> stack) {}

  Outcome run(Programs programs) {
    try (Namespaces namespaces = new Namespaces()) {
      Side kernel = kernel(namespaces, programs);
      Side stack = opponent.side(namespaces, programs, mode);
      long startedNs = System.nanoTime();
      boolean steady = warmUp(kernel, stack);
      double warmUpSeconds = (System.nanoTime() - startedNs) / 1e9;
      List<Map<String, Double>> ofKernel = new ArrayList<>();
      List<Map<String, Double>> ofStack = new ArrayList<>();
      for (int pair = 1; pair <= pairs; pair++) {
        ofKernel.add(kernel.measure(seconds));
        ofStack.add(stack.measure(seconds));
        say("%d/%d: %s", pair, pairs, rates(ofKernel.get(pair - 1), ofStack.get(pair - 1)));
      }
      return new Outcome(mode, warmUpSeconds, steady, ofKernel, ofStack);
    }
  }

  private Side kernel(Namespaces namespaces, Programs programs) {
    return mode.conditions().contains(Condition.PLAIN_TUN)
        ? new ForwardedSide(namespaces, programs, mode)
        : new KernelSide(namespaces, programs, mode);
  }

  private boolean warmUp(Side kernel, Side stack) {
    SteadyState ofKernel = new SteadyState();
    SteadyState ofStack = new SteadyState();
    long endNs = System.nanoTime() + (long) (2 * LONGEST_WARM_UP_SECONDS * 1e9);
    while (System.nanoTime() < endNs && !(ofKernel.reached() && ofStack.reached())) {
      Map<String, Double> a = round(kernel, ofKernel);
      Map<String, Double> b = round(stack, ofStack);
      say(
          "warm-up %d: %s, compilers %.0f %% of a CPU",
          ofStack.rounds(), rates(a, b), 100 * b.get("compiler_cores"));
    }
    return ofKernel.steady() && ofStack.steady();
  }

  private Map<String, Double> round(Side side, SteadyState state) {
    Map<String, Double> measured = side.measure(ROUND_SECONDS);
    state.add(measured.get(mode.rate()), measured.get("compiler_cores"));
    return measured;
  }

  private String rates(Map<String, Double> kernel, Map<String, Double> stack) {
    Measure rate = mode.measures().get(0);
    return String.format(
        Locale.ROOT,
        "A %s  B %s %s",
        BenchReport.number(kernel.get(rate.key())),
        BenchReport.number(stack.get(rate.key())),
        rate.unit());
  }

  private void say(String format, Object... values) {
    progress.accept(mode.option() + " " + String.format(Locale.ROOT, format, values));
  }
}
