package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;

/**
 * Carries out the calls of a script. At most one waits at a time, beside the clock of the script;
 * the next call waits for it.
 */
final class Calls {
  /** How long a call waits that the script does not expect to wait. */
  private static final long PATIENCE_NS = 3_600_000_000_000L;

  private record Waiting(CallSpec call, PendingCall pending, long endNs) {}

  private final StackHost host;
  private final RunOptions options;
  private final ConnectionCalls connections;
  private final DataCalls data;
  private final FastOpenCalls fastOpen;
  private final OptionCalls socketOptions;
  private final ReadinessCalls readiness;
  private Optional<Waiting> waiting = Optional.empty();

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
    awaitThe(call);
    PendingCall pending = pending(call);
    waiting = Optional.of(new Waiting(call, pending, call.blocking() ? endNs : Long.MAX_VALUE));
    host.turn();
    if (!call.blocking()) {
      awaitAnswer(call);
    }
  }

  /** A call that is under way has to end before the next one begins. */
  private void awaitThe(CallSpec next) {
    if (waiting.isPresent()) {
      long end = waiting.get().endNs();
      long latest = end + options.toleranceNs(0);
      boolean more = true;
      while (waiting.isPresent() && more) {
        more = host.step(latest);
      }
      if (waiting.isPresent()) {
        throw late(waiting.get(), "still waits when " + next.name() + " is to begin");
      }
    }
  }

  private void awaitAnswer(CallSpec call) {
    long latest = host.scriptNs() + PATIENCE_NS;
    boolean more = true;
    while (waiting.isPresent() && more) {
      more = host.step(latest);
    }
    if (waiting.isPresent()) {
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

  /** Goes on with the call that waits. Returns whether it is over. */
  boolean turn() {
    if (waiting.isEmpty()) {
      return false;
    }
    Waiting w = waiting.get();
    Optional<Answer> answer = w.pending().attempt();
    if (answer.isEmpty()) {
      return false;
    }
    waiting = Optional.empty();
    check(w, answer.get());
    return true;
  }

  /** When the call that waits has an answer whatever happens. */
  long deadlineNs() {
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
    if (call.blocking() && off > options.toleranceNs(0)) {
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
    if (waiting.isPresent() && host.scriptNs() > waiting.get().endNs() + options.toleranceNs(0)) {
      throw late(waiting.get(), "still waits");
    }
  }

  /** Waits for what is still under way when the script is over. */
  void finish() {
    if (waiting.isPresent()) {
      host.advance(waiting.get().endNs() + options.toleranceNs(0));
    }
    if (waiting.isPresent()) {
      throw late(waiting.get(), "still waits");
    }
  }
}
