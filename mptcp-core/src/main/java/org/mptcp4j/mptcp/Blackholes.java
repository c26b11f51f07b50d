package org.mptcp4j.mptcp;

import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.tcp.Recent;

/**
 * Hosts that answer a plain SYN and none with MP_CAPABLE: a box on the way drops those. They are
 * tried as TCP for a time, which doubles each time that it turns out to be so again. RFC 8684
 * section 3.7 has the reason, Linux the times ({@code net.mptcp.blackhole_timeout}). One for a
 * stack, on its thread.
 */
public final class Blackholes {
  /** Hosts that are remembered; the one that was found first is forgotten for another. */
  private static final int LIMIT = 256;

  private static final int MOST_DOUBLINGS = 6;

  private record Found(int times, long untilNs) {}

  private final Recent<IpAddress, Found> found = new Recent<>(LIMIT);
  private final long timeoutNs;

  /**
   * Makes an empty one.
   *
   * @param timeoutNs for how long a host is tried as TCP the first time; 0 for never
   */
  public Blackholes(long timeoutNs) {
    this.timeoutNs = timeoutNs;
  }

  /** Whether SYNs to that host should not carry MP_CAPABLE. */
  boolean contains(long nowNs, IpAddress host) {
    Found known = found.get(host);
    return known != null && nowNs < known.untilNs();
  }

  /**
   * A plain SYN was answered after those with MP_CAPABLE were not.
   *
   * @return whether that is remembered
   */
  boolean add(long nowNs, IpAddress host) {
    if (timeoutNs == 0) {
      return false;
    }
    Found known = found.get(host);
    int times = known == null ? 1 : known.times() + 1;
    long forNs = timeoutNs << Math.min(times - 1, MOST_DOUBLINGS);
    found.put(host, new Found(times, nowNs + forNs));
    return true;
  }

  /** The host answered MP_CAPABLE. */
  void remove(IpAddress host) {
    found.remove(host);
  }
}
