package org.mptcp4j.tcp;

import org.mptcp4j.link.packet.IpAddress;

/**
 * What a client knows of servers and of the paths to them: cookies, segment sizes, and where fast
 * open does not get through. RFC 7413 section 4.1.3. One for a stack, on its thread; bounded, the
 * oldest entry goes for a new one.
 */
public final class FastOpenCache {
  /** Entries kept, about 200 bytes each. */
  static final int MAX_ENTRIES = 1024;

  /** A server that gave no cookie is not asked again for that time. */
  static final long UNANSWERED_NS = 600_000_000_000L;

  /** SYNs in a row that were lost: one may be an accident. */
  private static final int LOSSES = 2;

  private static final int MOST_DOUBLINGS = 6;

  private static final byte[] REQUEST = {};

  private record Path(IpAddress local, IpAddress remote) {}

  private static final class Known {
    byte[] cookie = REQUEST;
    int mss;
    int losses;
    int times;
    long offUntilNs = Long.MIN_VALUE;
  }

  private final Recent<Path, Known> known = new Recent<>(MAX_ENTRIES);
  private final long blackholeNs;

  /**
   * Makes an empty one.
   *
   * @param blackholeNs for how long a path on which fast open does not get through is not tried
   *     again, the first time; 0 remembers none
   */
  public FastOpenCache(long blackholeNs) {
    this.blackholeNs = blackholeNs;
  }

  /**
   * How a connection begins.
   *
   * @param withoutCookie whether data goes with the SYN to a server that has given none
   */
  public FastOpenStart start(long nowNs, FourTuple tuple, boolean withoutCookie) {
    Known k = known.get(path(tuple));
    if (k != null && nowNs < k.offUntilNs) {
      return FastOpenStart.NONE;
    }
    byte[] cookie = k == null ? REQUEST : k.cookie;
    boolean data = cookie.length > 0 || withoutCookie;
    return new FastOpenStart(this, tuple, cookie, mss(tuple, k), data);
  }

  /**
   * RFC 7413 knows no data without a cookie: as with Linux, our own segment size bounds it then.
   */
  private static int mss(FourTuple tuple, Known server) {
    if (server == null) {
      return Integer.MAX_VALUE;
    }
    int unknown = tuple.local().isV4() ? Handshake.DEFAULT_MSS_V4 : Handshake.DEFAULT_MSS_V6;
    return server.mss == 0 ? unknown : server.mss;
  }

  /** Number of entries. */
  int size() {
    return known.size();
  }

  private static Path path(FourTuple tuple) {
    return new Path(tuple.local(), tuple.remote());
  }

  private Known note(FourTuple tuple) {
    Path path = path(tuple);
    Known k = known.get(path);
    if (k == null) {
      k = new Known();
      known.put(path, k);
    }
    return k;
  }

  /**
   * The server gave a cookie.
   *
   * @param mss what it named as the largest segment, not positive when it did not
   */
  void learned(FourTuple tuple, byte[] cookie, int mss) {
    Known k = note(tuple);
    k.cookie = cookie;
    k.mss = Math.max(0, mss);
  }

  /** The server was asked and gave none. */
  void unanswered(long nowNs, FourTuple tuple) {
    note(tuple).offUntilNs = nowNs + UNANSWERED_NS;
  }

  /** The data of a SYN arrived. */
  void worked(FourTuple tuple) {
    Known k = note(tuple);
    k.losses = 0;
    k.times = 0;
  }

  /**
   * A plain SYN was answered after one with the option was not.
   *
   * @return whether the path is left alone for a time
   */
  boolean lost(long nowNs, FourTuple tuple) {
    return ++note(tuple).losses >= LOSSES && blackhole(nowNs, tuple);
  }

  /**
   * The path is left alone for a time, which doubles when it happens again.
   *
   * @return whether that is remembered
   */
  boolean blackhole(long nowNs, FourTuple tuple) {
    if (blackholeNs == 0) {
      return false;
    }
    Known k = note(tuple);
    k.offUntilNs = nowNs + (blackholeNs << Math.min(k.times, MOST_DOUBLINGS));
    k.times++;
    k.losses = 0;
    return true;
  }
}
