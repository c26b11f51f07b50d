package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;

/**
 * Carries out the calls of a script. At most one waits beside the clock of the script; a second one
 * that is to wait begins when it is over, and others do not care.
 */
final class Calls {
  /** How long a call waits that the script does not expect to wait. */
  private static final long PATIENCE_NS = 3_600_000_000_000L;

  /**
   * A call that was begun.
   *
   * @param endNs when it is to return
   * @param toleranceNs how far that may be off
   */
  private record Waiting(CallSpec call, PendingCall pending, long endNs, long toleranceNs) {
    long latestNs() {
      return endNs + toleranceNs;
    }
  }

  private final StackHost host;
  private final RunOptions options;
  private final ConnectionCalls connections;
  private final DataCalls data;
  private final FastOpenCalls fastOpen;
  private final OptionCalls socketOptions;
  private final ReadinessCalls readiness;

  /** The one that the script goes on beside. */
  private Optional<Waiting> beside = Optional.empty();

  /** The one that the script stands still for. */
  private Optional<Waiting> current = Optional.empty();

  Calls(
      StackHost host,
      RunOptions options,
      SocketTable table,
      Flows flows,
      Sysctls sysctls,
      ByteBufAllocator allocator) {
    this.host = host;
    this.options = options;
    connections = new ConnectionCalls(host, options, table, flows, sysctls);
    data = new DataCalls(table, allocator);
    fastOpen = new FastOpenCalls(options, table, flows, sysctls, connections, data);
    socketOptions = new OptionCalls(table, flows, connections, sysctls);
    readiness = new ReadinessCalls(host, table);
  }

  /**
   * Begins a call. One that does not wait is over when this returns.
   *
   * @param endNs when one that waits is to end, in the time of the script
   */
  void begin(CallSpec call, long endNs) {
    if (call.blocking()) {
      awaitTheOther(call);
      long gap = endNs - host.scriptNs();
      beside = Optional.of(new Waiting(call, pending(call), endNs, options.toleranceNs(gap)));
      host.turn();
    } else {
      current = Optional.of(new Waiting(call, pending(call), Long.MAX_VALUE, 0));
      host.turn();
      awaitAnswer(call);
    }
  }

  /** The call that the script went on beside has to end before another one waits. */
  private void awaitTheOther(CallSpec next) {
    boolean more = true;
    while (beside.isPresent() && more) {
      more = host.step(beside.get().latestNs());
    }
    if (beside.isPresent()) {
      throw late(beside.get(), "still waits when " + next.name() + " is to begin");
    }
  }

  private void awaitAnswer(CallSpec call) {
    long latest = host.scriptNs() + PATIENCE_NS;
    boolean more = true;
    while (current.isPresent() && more) {
      more = host.step(latest);
    }
    if (current.isPresent()) {
      throw ScriptException.failed(
          call.place(),
          call.name() + " waits for ever; a call that is to wait has two times: +0...0.1");
    }
  }

  private PendingCall pending(CallSpec call) {
    Arguments a = new Arguments(call);
    return fastOpen
        .begin(a)
        .or(() -> connections.begin(a))
        .or(() -> data.begin(a))
        .or(() -> socketOptions.begin(a))
        .or(() -> readiness.begin(a))
        .orElseThrow(() -> ScriptException.refused(call.place(), "call " + call.name() + "()"));
  }

  /** Goes on with the calls that wait. Returns whether one is over. */
  boolean turn() {
    Optional<Answer> answer = current.flatMap(w -> w.pending().attempt());
    if (answer.isPresent()) {
      Waiting over = current.get();
      current = Optional.empty();
      check(over, answer.get());
      return true;
    }
    answer = beside.flatMap(w -> w.pending().attempt());
    if (answer.isPresent()) {
      Waiting over = beside.get();
      beside = Optional.empty();
      check(over, answer.get());
    }
    return answer.isPresent();
  }

  /** When one of the calls that wait has an answer whatever happens. */
  long deadlineNs() {
    return Math.min(deadlineNs(current), deadlineNs(beside));
  }

  private static long deadlineNs(Optional<Waiting> waiting) {
    return waiting.map(w -> w.pending().deadlineNs()).orElse(Long.MAX_VALUE);
  }

  private void check(Waiting w, Answer answer) {
    CallSpec call = w.call();
    boolean right =
        (call.result().isEmpty() || call.result().getAsLong() == answer.value())
            && (call.errno().isEmpty() || call.errno().equals(answer.errno()));
    if (!right) {
      String wanted = call.result().isEmpty() ? "..." : "" + call.result().getAsLong();
      throw ScriptException.failed(
          call.place(),
          call.name()
              + " returned "
              + answer
              + ", expected "
              + (call.errno().isEmpty() ? wanted : wanted + " " + call.errno()));
    }
    long off = Math.abs(host.scriptNs() - w.endNs());
    if (call.blocking() && off > w.toleranceNs()) {
      throw late(w, "returned");
    }
  }

  private ScriptException late(Waiting w, String what) {
    return ScriptException.failed(
        w.call().place(),
        w.call().name()
            + " "
            + what
            + " at "
            + ScriptRun.seconds(host.scriptNs())
            + " s, expected to return at "
            + ScriptRun.seconds(w.endNs())
            + " s");
  }

  /** Fails when a call that should have returned by then has not. */
  void checkNotLate() {
    if (beside.isPresent() && host.scriptNs() > beside.get().latestNs()) {
      throw late(beside.get(), "still waits");
    }
  }

  /** Waits for what is still under way when the script is over. */
  void finish() {
    if (beside.isPresent()) {
      host.advance(beside.get().latestNs());
    }
    if (beside.isPresent()) {
      throw late(beside.get(), "still waits");
    }
  }
}
