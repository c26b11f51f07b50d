package org.mptcp4j.link.sim;

import java.time.Duration;

/**
 * The properties of one direction of a simulated link. Immutable; each setter returns a changed
 * copy.
 *
 * <pre>{@code
 * LinkProfile wifi =
 *     LinkProfile.of(50_000_000, LinkProfile.millis(8))
 *         .superSegments(LinkProfile.SuperSegments.CUT)
 *         .loss(0.01)
 *         .reorder(0.005, LinkProfile.millis(3));
 * }</pre>
 */
public final class LinkProfile implements Cloneable {
  /** What a link does with a super-segment. */
  public enum SuperSegments {
    /**
     * Passes it in one piece, taking the time of its bytes and of the headers its pieces would
     * have. It is lost, held back or delivered twice as one packet.
     */
    WHOLE,
    /** Cuts it into packets with headers of their own, each subject to loss and queue by itself. */
    CUT
  }

  /** How TCP checksums look at the receiver. */
  public enum Checksums {
    /**
     * Partial checksums pass as they are: nothing is computed or verified unless a packet is
     * corrupted.
     */
    OFFLOADED,
    /** Every packet carries a full checksum and the receiver verifies it. */
    COMPUTED
  }

  private long rateBitsPerSecond;
  private long delayNs;
  private long queueBytes;
  private double loss;
  private double burstEnter;
  private double burstLeave = 1;
  private double burstLoss;
  private double reorder;
  private long reorderDelayNs;
  private double duplicate;
  private double corrupt;
  private double mark;
  private long markAboveBytes = Long.MAX_VALUE;
  private int mtu = 1500;
  private SuperSegments superSegments = SuperSegments.WHOLE;
  private Checksums checksums = Checksums.OFFLOADED;

  private LinkProfile(long rateBitsPerSecond, long delayNs) {
    this.rateBitsPerSecond = rateBitsPerSecond;
    this.delayNs = delayNs;
    this.queueBytes = Long.MAX_VALUE;
  }

  /**
   * A link of that rate and one-way delay, MTU 1500, with an unlimited queue and without any fault.
   *
   * @param rateBitsPerSecond 0 for unlimited
   * @param delay one-way propagation delay
   */
  public static LinkProfile of(long rateBitsPerSecond, Duration delay) {
    require(rateBitsPerSecond >= 0, "rate must not be negative: 0 is an unlimited one");
    return new LinkProfile(rateBitsPerSecond, ns("delay", delay));
  }

  /** A perfect link: no limit, no delay. */
  public static LinkProfile perfect() {
    return of(0, Duration.ZERO);
  }

  /** So many milliseconds: {@link Duration#ofMillis} in short. */
  public static Duration millis(long milliseconds) {
    return Duration.ofMillis(milliseconds);
  }

  private static long ns(String what, Duration time) {
    require(!time.isNegative(), what + " must not be negative, but is " + time);
    return time.toNanos();
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  private static void requireProbability(double p) {
    require(p >= 0 && p <= 1, "a probability lies between 0 and 1");
  }

  private LinkProfile copy() {
    try {
      return (LinkProfile) super.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /** With another rate, bits per second; 0 for unlimited. */
  public LinkProfile rate(long bitsPerSecond) {
    require(bitsPerSecond >= 0, "rate must not be negative");
    LinkProfile p = copy();
    p.rateBitsPerSecond = bitsPerSecond;
    return p;
  }

  /** With another one-way delay. */
  public LinkProfile delay(Duration time) {
    LinkProfile p = copy();
    p.delayNs = ns("delay", time);
    return p;
  }

  /**
   * With a drop-tail queue of that many bytes in front of the link. A packet that finds it empty
   * always passes.
   */
  public LinkProfile queueBytes(long bytes) {
    require(bytes > 0, "queue must be positive");
    LinkProfile p = copy();
    p.queueBytes = bytes;
    return p;
  }

  /** With a drop-tail queue that holds what takes that time at the rate set so far. */
  public LinkProfile queueTime(Duration time) {
    require(rateBitsPerSecond > 0, "set the rate before a queue limit in time");
    return queueBytes(Math.max(1, (long) (ns("queue", time) / 8e9 * rateBitsPerSecond)));
  }

  /**
   * With independent loss of each packet. Probabilities (loss and whatever else is drawn per
   * packet) apply to a super-segment as one packet, so that bulk transfers see few losses, each of
   * many segments: use {@link SuperSegments#CUT} when you test recovery.
   */
  public LinkProfile loss(double probability) {
    requireProbability(probability);
    LinkProfile p = copy();
    p.loss = probability;
    return p;
  }

  /**
   * With loss in bursts (Gilbert-Elliott): before each packet the link may enter or leave its bad
   * state.
   *
   * @param enter probability to enter the bad state
   * @param leave probability to leave it
   * @param lossWhenBad probability of loss in it
   */
  public LinkProfile burstLoss(double enter, double leave, double lossWhenBad) {
    requireProbability(enter);
    requireProbability(leave);
    requireProbability(lossWhenBad);
    LinkProfile p = copy();
    p.burstEnter = enter;
    p.burstLeave = leave;
    p.burstLoss = lossWhenBad;
    return p;
  }

  /**
   * With a share of the packets held back for up to {@code extra} more, so that later ones overtake
   * them.
   */
  public LinkProfile reorder(double probability, Duration extra) {
    requireProbability(probability);
    LinkProfile p = copy();
    p.reorder = probability;
    p.reorderDelayNs = ns("extra delay", extra);
    return p;
  }

  /** With a share of the packets delivered twice. */
  public LinkProfile duplicate(double probability) {
    requireProbability(probability);
    LinkProfile p = copy();
    p.duplicate = probability;
    return p;
  }

  /**
   * With one bit flipped in a share of the packets, so that their checksums are wrong: not in what
   * another link has damaged already.
   */
  public LinkProfile corrupt(double probability) {
    requireProbability(probability);
    LinkProfile p = copy();
    p.corrupt = probability;
    return p;
  }

  /**
   * With congestion marks (RFC 3168) on a share of the packets that say that they may be marked. A
   * super-segment is marked as a whole.
   */
  public LinkProfile mark(double probability) {
    requireProbability(probability);
    LinkProfile p = copy();
    p.mark = probability;
    return p;
  }

  /**
   * With congestion marks on packets that find more than so many bytes before them in the queue,
   * where they say that they may be marked.
   */
  public LinkProfile markAboveBytes(long bytes) {
    require(bytes >= 0, "the queue that marks must not be negative");
    LinkProfile p = copy();
    p.markAboveBytes = bytes;
    return p;
  }

  /** With another MTU: packets, and pieces of super-segments, that are larger are dropped. */
  public LinkProfile mtu(int bytes) {
    require(bytes >= 68, "MTU below the 68 bytes that IPv4 demands");
    LinkProfile p = copy();
    p.mtu = bytes;
    return p;
  }

  /** With that treatment of super-segments. */
  public LinkProfile superSegments(SuperSegments treatment) {
    LinkProfile p = copy();
    p.superSegments = treatment;
    return p;
  }

  /** With that treatment of checksums. */
  public LinkProfile checksums(Checksums treatment) {
    LinkProfile p = copy();
    p.checksums = treatment;
    return p;
  }

  /** Bits per second, 0 for unlimited. */
  public long rateBitsPerSecond() {
    return rateBitsPerSecond;
  }

  /** One-way propagation delay, nanoseconds. */
  public long delayNs() {
    return delayNs;
  }

  /** Size of the queue, bytes. */
  public long queueBytes() {
    return queueBytes;
  }

  /** Probability of independent loss. */
  public double loss() {
    return loss;
  }

  double burstEnter() {
    return burstEnter;
  }

  double burstLeave() {
    return burstLeave;
  }

  double burstLoss() {
    return burstLoss;
  }

  /** Probability that a packet is held back. */
  public double reorder() {
    return reorder;
  }

  /** For how long at most, nanoseconds. */
  public long reorderDelayNs() {
    return reorderDelayNs;
  }

  /** Probability that a packet arrives twice. */
  public double duplicate() {
    return duplicate;
  }

  /** Probability that one bit of a packet is flipped. */
  public double corrupt() {
    return corrupt;
  }

  /** Probability that a packet is marked that may be. */
  public double mark() {
    return mark;
  }

  /** The queue above which packets are marked, bytes. */
  public long markAboveBytes() {
    return markAboveBytes;
  }

  /** The MTU, bytes. */
  public int mtu() {
    return mtu;
  }

  /** What happens to super-segments. */
  public SuperSegments superSegments() {
    return superSegments;
  }

  /** What happens to checksums. */
  public Checksums checksums() {
    return checksums;
  }

  @Override
  public String toString() {
    return rateBitsPerSecond / 1000
        + " kbit/s, "
        + delayNs / 1000
        + " us, queue "
        + (queueBytes == Long.MAX_VALUE ? "unlimited" : queueBytes + " bytes")
        + ", loss "
        + loss
        + (burstEnter > 0 ? " and bursts " + burstEnter : "")
        + ", reorder "
        + reorder
        + ", duplicate "
        + duplicate
        + ", corrupt "
        + corrupt
        + (mark > 0 ? ", mark " + mark : "")
        + (markAboveBytes < Long.MAX_VALUE ? ", mark above " + markAboveBytes : "")
        + ", mtu "
        + mtu
        + ", super-segments "
        + superSegments
        + ", checksums "
        + checksums;
  }
}
