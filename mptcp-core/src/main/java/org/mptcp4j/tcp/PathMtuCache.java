package org.mptcp4j.tcp;

import org.mptcp4j.link.packet.IpAddress;

/**
 * What a stack has found out about the paths between its addresses and others, so that a new
 * connection begins with it: RFC 1191 section 6.2, RFC 8201 section 5.2. Two local addresses have
 * two paths to the same destination. Entries expire, and the oldest goes when there are too many.
 */
public final class PathMtuCache {

  /** What is answered where nothing is known: larger than every packet. */
  public static final int UNKNOWN = Integer.MAX_VALUE;

  /** Entries kept, about 150 bytes each. */
  static final int MAX_ENTRIES = 4096;

  private record Path(IpAddress local, IpAddress remote) {}

  private record Known(int mtu, long untilNs) {}

  private final Recent<Path, Known> known = new Recent<>(MAX_ENTRIES);
  private final long lifetimeNs;

  /**
   * An empty cache.
   *
   * @param lifetimeNs how long an entry is believed
   */
  public PathMtuCache(long lifetimeNs) {
    this.lifetimeNs = lifetimeNs;
  }

  /** The largest packet that the path carries, in bytes; {@link #UNKNOWN} when nobody knows. */
  public int get(long nowNs, IpAddress local, IpAddress remote) {
    if (known.isEmpty()) {
      return UNKNOWN;
    }
    Path path = new Path(local, remote);
    Known k = known.get(path);
    if (k == null) {
      return UNKNOWN;
    }
    if (nowNs >= k.untilNs) {
      known.remove(path);
      return UNKNOWN;
    }
    return k.mtu;
  }

  /** The path carries packets of so many bytes and perhaps no larger ones. */
  public void put(long nowNs, IpAddress local, IpAddress remote, int mtu) {
    known.put(new Path(local, remote), new Known(mtu, nowNs + lifetimeNs));
  }

  /** The path carries all that its ends allow. */
  public void remove(IpAddress local, IpAddress remote) {
    if (!known.isEmpty()) {
      known.remove(new Path(local, remote));
    }
  }

  /** Number of entries, expired ones included. */
  int size() {
    return known.size();
  }
}
