package org.mptcp4j.stack;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * So many events per second: a part for each network that causes them, and about so many for all
 * together. A budget that strangers share exactly is a side channel: whoever counts what is left
 * for him learns what happened to others. Here others do not touch his part, and the common budget
 * differs from second to second by more than one network can use up.
 */
final class SourceRateLimit {
  /** A network may cause one part in so many. */
  private static final int SHARES = 4;

  private static final int BUCKETS = 256;
  private static final long SECOND_NS = 1_000_000_000L;

  private final int perSecond;
  private final RandomGenerator secrets;
  private SplittableRandom random; // null until the first event
  private long mixer;
  private final RateLimit[] perNetwork = new RateLimit[BUCKETS];
  private long secondEndNs = Long.MIN_VALUE;
  private int left;

  /**
   * Makes a full one.
   *
   * @param perSecond events per second in the mean; 0 allows none
   * @param secrets asked once, when it is first used
   */
  SourceRateLimit(int perSecond, RandomGenerator secrets) {
    this.perSecond = perSecond;
    this.secrets = secrets;
  }

  /**
   * Asks for one event.
   *
   * @param hi upper half of the source's address
   * @param lo lower half of it
   * @return whether it is allowed, and then it is counted
   */
  boolean allow(long nowNs, long hi, long lo, boolean v4) {
    if (perSecond == 0) {
      return false;
    }
    if (random == null) {
      random = new SplittableRandom(secrets.nextLong());
      mixer = random.nextLong() | 1;
    }
    return network(hi, lo, v4).allow(nowNs) && takeCommon(nowNs);
  }

  private RateLimit network(long hi, long lo, boolean v4) {
    long mixed = (SourceNetwork.of(hi, lo, v4) ^ mixer) * mixer;
    int i = (int) ((mixed ^ mixed >>> 29) * mixer >>> 56);
    if (perNetwork[i] == null) {
      perNetwork[i] = new RateLimit(Math.max(1, perSecond / SHARES));
    }
    return perNetwork[i];
  }

  private boolean takeCommon(long nowNs) {
    if (nowNs >= secondEndNs) {
      secondEndNs = nowNs + SECOND_NS;
      left = perSecond - perSecond / 2 + random.nextInt(perSecond / 2 * 2 + 1);
    }
    return left > 0 && left-- > 0;
  }
}
