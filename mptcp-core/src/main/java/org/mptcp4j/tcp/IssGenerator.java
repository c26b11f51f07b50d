package org.mptcp4j.tcp;

import java.util.random.RandomGenerator;
import org.mptcp4j.link.packet.IpAddress;

/**
 * Initial sequence numbers and timestamp offsets that nobody outside can predict. Keys are drawn
 * once from the injected source; a secure source must be injected outside tests. Immutable.
 */
public final class IssGenerator {

  private final SipHash issHash;
  private final SipHash timestampHash;

  /** Draws the secret keys from a random source. */
  public IssGenerator(RandomGenerator random) {
    issHash = new SipHash(random.nextLong(), random.nextLong());
    timestampHash = new SipHash(random.nextLong(), random.nextLong());
  }

  /**
   * The initial sequence number of a new connection.
   *
   * @param nowNs current time
   */
  public int iss(long nowNs, IpAddress local, int localPort, IpAddress remote, int remotePort) {
    // RFC 6528 section 3: ISN = M + F(localip, localport, remoteip, remoteport, secretkey), where M
    // is a timer that moves every 4 microseconds.
    return (int) (nowNs / 4_000) + (int) mix(issHash, local, localPort, remote, remotePort);
  }

  /** {@link #iss(long, IpAddress, int, IpAddress, int)} for a tuple. */
  public int iss(long nowNs, FourTuple tuple) {
    return iss(nowNs, tuple.local(), tuple.localPort(), tuple.remote(), tuple.remotePort());
  }

  /** What is added to the millisecond clock in the timestamps of a connection. */
  public int timestampOffset(FourTuple t) {
    // RFC 7323 section 5.4: a random offset for each connection hides uptime.
    return (int) mix(timestampHash, t.local(), t.localPort(), t.remote(), t.remotePort());
  }

  /**
   * A hash of something that peers choose, so that they cannot choose what shares a place of a
   * table with others.
   */
  public long placeOf(long value) {
    // No connection has such ports.
    return timestampHash.hash(value, 0, 0, 0, -1);
  }

  private static long mix(SipHash hash, IpAddress local, int lport, IpAddress remote, int rport) {
    return hash.hash(local.hi(), local.lo(), remote.hi(), remote.lo(), (long) lport << 16 | rport);
  }
}
