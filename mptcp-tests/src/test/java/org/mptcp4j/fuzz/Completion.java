package org.mptcp4j.fuzz;

import java.util.List;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.fuzz.FuzzFlow.Life;

/**
 * What an innocent connection must come to: the peer repeats whatever was not acknowledged,
 * acknowledges whatever comes, and then everything is delivered at both ends.
 */
final class Completion {
  private static final int ROUNDS = 300;
  private static final int MOST_ROUNDS = 500;
  private static final long ROUND_NS = 60_000_000L;
  private static final int SEGMENT = 1400;
  private static final int MOST_SEGMENTS = 64;

  /** What goes out again at the data level at a time: less than any buffer. */
  private static final int AGAIN_BYTES = 3600;

  /** More bytes take too long. */
  private static final int MOST_BYTES = 200_000;

  private final StackRun run;
  private final Session session;
  private final AppSocket app;
  private long lastAcked;
  private int standing;

  Completion(StackRun run, Session session) {
    this.run = run;
    this.session = session;
    app = session.app;
  }

  /** Whether there is something to be expected of the connection. */
  private boolean applies() {
    return session.innocent
        && !session.slow
        && app != null
        && session.flows.stream().noneMatch(FuzzFlow::leftUnmapped)
        && session.dataNxt < MOST_BYTES
        && app.written() < MOST_BYTES;
  }

  void check() {
    if (!applies()) {
      return;
    }
    if (app.closedJustNow()) {
      departs();
    } else if (!app.closed() && session.hearingFlow() != null) {
      run.require(
          app.socket().error() == SocketError.NONE,
          () -> app + ": " + app.socket().error() + ", and the peer did nothing wrong");
      completes();
    }
  }

  /**
   * RFC 9293 section 3.10.4: what was written before the application closed is sent, whatever then
   * becomes of what it has not read.
   */
  private void departs() {
    long before = -1;
    int idle = 0;
    while (idle < ROUNDS && session.came.firstMissing(1) <= app.written()) {
      acknowledge();
      run.pass(ROUND_NS);
      long now = session.came.firstMissing(1);
      idle = now > before ? 0 : idle + 1;
      before = now;
    }
    long came = session.came.firstMissing(1) - 1;
    run.require(
        came >= app.written(),
        () -> app + ": wrote " + app.written() + " and closed, and the peer has only " + came);
  }

  private void completes() {
    long before = -1;
    int idle = 0;
    for (int i = 0; i < MOST_ROUNDS && idle < ROUNDS && !complete(); i++) {
      round();
      long now = app.read() + session.came.firstMissing(1);
      idle = now > before ? 0 : idle + 1;
      before = now;
    }
    if (session.flows.stream().anyMatch(FuzzFlow::leftUnmapped)) {
      return;
    }
    run.require(
        app.read() == session.dataNxt - 1,
        () -> app + ": of " + (session.dataNxt - 1) + " that the peer has repeated often enough");
    long came = session.came.firstMissing(1) - 1;
    run.require(
        came >= app.written(),
        () -> app + ": wrote " + app.written() + ", of which the peer has only " + came);
    close();
  }

  private boolean complete() {
    return app.read() == session.dataNxt - 1 && session.came.firstMissing(1) > app.written();
  }

  private void round() {
    app.drain();
    long before = session.mptcp ? session.dataAcked : session.flows.get(0).acked;
    standing = before == lastAcked ? standing + 1 : 0;
    lastAcked = before;
    for (FuzzFlow flow : List.copyOf(session.flows)) {
      if (flow.carries() || flow == session.hearingFlow()) {
        flow.window = 0xffff;
        repeat(flow);
      }
    }
    FuzzFlow live = session.liveFlow();
    if (session.mptcp && standing > 1 && live != null && session.dataAcked < session.dataNxt) {
      // RFC 8684 section 3.3.6: what is not acknowledged at the data level goes out again.
      live.layOut(Math.min(AGAIN_BYTES, session.dataNxt - session.dataAcked), session.dataAcked);
      repeat(live);
    }
    app.drain();
    acknowledge();
    run.pass(ROUND_NS);
  }

  private void repeat(FuzzFlow flow) {
    long at = Math.max(1, flow.acked);
    if (flow.finSeq >= 0 && flow.acked <= flow.finSeq) {
      flow.fin();
    }
    for (int i = 0; i < MOST_SEGMENTS && at < flow.layoutEnd && flow.life == Life.UP; i++) {
      int n = SEGMENT;
      if (session.mptcp) {
        at += flow.sendMapped(at, n);
      } else {
        n = (int) Math.min(n, flow.layoutEnd - at);
        flow.sendPayload(at, n, 0, 0, 0);
        at += n;
      }
    }
  }

  private void acknowledge() {
    for (FuzzFlow flow : List.copyOf(session.flows)) {
      if (flow.life == Life.UP) {
        flow.ack();
      }
    }
  }

  /** Both ends close in order: the application sees the end, and no error. */
  private void close() {
    app.shutdownOutput();
    run.settle();
    for (int i = 0; i < ROUNDS && !(app.ended() && session.stackFin >= 0); i++) {
      FuzzFlow last = session.hearingFlow();
      if (last == null) {
        break;
      }
      last.endStream();
      app.drain();
      acknowledge();
      run.pass(ROUND_NS);
      app.drain();
    }
    run.require(app.ended(), () -> app + ": the end of the stream does not come");
    run.require(session.stackFin >= 0, () -> app + ": the peer gets no end of the stream");
    run.require(
        app.socket().error() == SocketError.NONE,
        () -> app + ": ended in order with " + app.socket().error());
  }
}
