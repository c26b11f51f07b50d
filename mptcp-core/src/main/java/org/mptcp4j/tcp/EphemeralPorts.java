package org.mptcp4j.tcp;

import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import org.mptcp4j.link.packet.IpAddress;

/**
 * Chooses local ports for outgoing connections: the double-hash algorithm of RFC 6056 section 3.3.4
 * with the random increments of section 3.3.5. Ports to one destination go up from a place, and in
 * steps, that nobody can guess, who has seen the last one neither; separate counters keep
 * destinations from revealing each other's activity. One thread.
 */
public final class EphemeralPorts {

  /** The default range, that of Linux. */
  public static final int DEFAULT_MIN = 32_768;

  /** The default range, that of Linux. */
  public static final int DEFAULT_MAX = 60_999;

  private static final int TABLE = 64;

  /** RFC 6056 section 3.3.5: N, between ports that are hard to guess and used again late. */
  private static final int LONGEST_STEP = 512;

  private final int min;
  private final int count;
  private final SipHash offsetHash;
  private final SipHash indexHash;
  private final int[] table = new int[TABLE];

  /**
   * Draws the secret keys from a random source.
   *
   * @param min lowest port, at least 1
   * @param max highest port, at most 65535
   * @throws IllegalArgumentException when the range is empty or out of bounds
   */
  public EphemeralPorts(RandomGenerator random, int min, int max) {
    if (min < 1 || max > 65_535 || min > max) {
      throw new IllegalArgumentException("ports must be 1 to 65535 in order: " + min + "-" + max);
    }
    this.min = min;
    this.count = max - min + 1;
    offsetHash = new SipHash(random.nextLong(), random.nextLong());
    indexHash = new SipHash(random.nextLong(), random.nextLong());
    for (int i = 0; i < TABLE; i++) {
      table[i] = random.nextInt(65_536);
    }
  }

  /** Ports in the default range. */
  public EphemeralPorts(RandomGenerator random) {
    this(random, DEFAULT_MIN, DEFAULT_MAX);
  }

  /**
   * Chooses a port.
   *
   * @param isFree whether a port is usable for this connection
   * @return the port, or -1 when none in the range is free
   */
  public int choose(IpAddress local, IpAddress remote, int remotePort, IntPredicate isFree) {
    // RFC 6056 section 3.3.4, algorithm 4.
    long offset =
        offsetHash.hash(local.hi(), local.lo(), remote.hi(), remote.lo(), remotePort) >>> 1;
    int index =
        (int) indexHash.hash(local.hi(), local.lo(), remote.hi(), remote.lo(), remotePort)
            & (TABLE - 1);
    // RFC 6056 section 3.3.5: a step that does not follow from the ports before it.
    table[index] += 1 + ((int) offsetHash.hash(index, table[index], 0, 0, 0) & LONGEST_STEP - 1);
    for (int tries = count; tries > 0; tries--) {
      int port = min + (int) ((offset + Integer.toUnsignedLong(table[index])) % count);
      if (isFree.test(port)) {
        return port;
      }
      table[index]++;
    }
    return -1;
  }
}
