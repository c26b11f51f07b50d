package org.mptcp4j.sched;

import java.util.ArrayList;
import java.util.List;

/**
 * What a scheduler sees and grants, without a connection: a test sets the one and reads the other.
 */
final class ConnectionByHand implements SchedulerContext {
  private static final int MAX_TURNS = 64;

  private final List<PathByHand> paths;
  private final List<String> grants = new ArrayList<>();
  private long una;
  private long nxt;
  private long end;
  private long windowEnd = Long.MAX_VALUE;
  private long againStart;
  private long againEnd;

  ConnectionByHand(PathByHand... paths) {
    this.paths = List.of(paths);
  }

  /** The application wrote so many bytes in all. */
  ConnectionByHand written(long bytes) {
    end = bytes;
    return this;
  }

  /** So many bytes were granted. */
  ConnectionByHand granted(long bytes) {
    nxt = bytes;
    return this;
  }

  /** So many bytes are acknowledged at the data level. */
  ConnectionByHand acknowledged(long bytes) {
    una = bytes;
    return this;
  }

  /** The peer's window ends there. */
  ConnectionByHand window(long position) {
    windowEnd = position;
    return this;
  }

  /** A subflow carried a range in vain. */
  ConnectionByHand again(long from, long to) {
    againStart = from;
    againEnd = to;
    return this;
  }

  /** Calls a scheduler until it grants nothing more; answers what it granted. */
  List<String> run(SchedulerSession session) {
    return run(0, session);
  }

  List<String> run(long nowNs, SchedulerSession session) {
    grants.clear();
    for (int i = 0; i < MAX_TURNS; i++) {
      int before = grants.size();
      session.schedule(nowNs, this);
      if (grants.size() == before) {
        break;
      }
    }
    return List.copyOf(grants);
  }

  @Override
  public int subflows() {
    return paths.size();
  }

  @Override
  public SubflowView subflow(int index) {
    return paths.get(index);
  }

  @Override
  public long una() {
    return una;
  }

  @Override
  public long nxt() {
    return nxt;
  }

  @Override
  public long end() {
    return end;
  }

  @Override
  public long windowEnd() {
    return windowEnd;
  }

  @Override
  public long dueStart() {
    return againStart < againEnd ? againStart : nxt;
  }

  @Override
  public long dueEnd() {
    return againStart < againEnd ? againEnd : end;
  }

  @Override
  public int grant(int index, long from, long to) {
    if (from < una || from > nxt || to < from) {
      throw new IllegalArgumentException(from + " to " + to + ", una " + una + ", nxt " + nxt);
    }
    PathByHand path = paths.get(index);
    long most = Math.min(Math.min(to, end), Math.max(nxt, windowEnd));
    int n = path.established() && !path.carries(from) ? path.take(from, most) : 0;
    if (n > 0) {
      grants.add(path.id() + ":" + from + "-" + (from + n));
      nxt = Math.max(nxt, from + n);
      if (from == againStart) {
        againStart += n;
      }
    }
    return n;
  }
}
