package org.mptcp4j.lab.relay;

import java.time.Duration;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.console.RateConverter;
import org.mptcp4j.lab.console.SizeConverter;
import org.mptcp4j.link.sim.LinkProfile;
import picocli.CommandLine.Option;

/** The options that describe a link, and the two directions made of them. */
final class LinkArguments {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int LEAST_QUEUE_PACKETS = 100;

  /** Which directions the faults are in. */
  enum Faults {
    BOTH,
    FORWARD,
    BACKWARD
  }

  @Option(
      names = "--rate",
      defaultValue = "100M",
      converter = RateConverter.class,
      paramLabel = "BITS",
      description = "Bits per second from A to B, IP headers included, such as 10M. Default: 100M.")
  private long rate;

  @Option(
      names = "--back-rate",
      converter = RateConverter.class,
      paramLabel = "BITS",
      description = "Bits per second from B to A. Default: as --rate.")
  private Long backRate;

  @Option(
      names = "--delay",
      defaultValue = "10",
      paramLabel = "MS",
      description = "Milliseconds one way, in each direction. Default: 10.")
  private double delayMillis;

  @Option(
      names = "--queue",
      converter = SizeConverter.class,
      paramLabel = "BYTES",
      description =
          "Of the drop-tail queue in front of each direction. Default: what the link carries in a"
              + " round trip, but at least 100 packets.")
  private Long queueBytes;

  @Option(names = "--loss", paramLabel = "P", description = "Probability that a packet is lost.")
  private double loss;

  @Option(
      names = "--burst",
      paramLabel = "ENTER:LEAVE",
      description =
          "Loss in bursts: probabilities, at each packet, that one begins, and that it ends.")
  private String burst;

  @Option(
      names = "--reorder",
      paramLabel = "P",
      description = "Probability that a packet is held back, so that later ones overtake it.")
  private double reorder;

  @Option(
      names = "--reorder-delay",
      paramLabel = "MS",
      description = "For how long at most. Default: a quarter of the round trip.")
  private Double reorderDelayMillis;

  @Option(
      names = "--duplicate",
      paramLabel = "P",
      description = "Probability that a packet arrives twice.")
  private double duplicate;

  @Option(
      names = "--corrupt",
      paramLabel = "P",
      description = "Probability that one bit of a packet is wrong.")
  private double corrupt;

  @Option(
      names = "--faults",
      defaultValue = "both",
      paramLabel = "DIRECTION",
      description =
          "Where loss, reordering, duplication and wrong bits are: forward (from A to B), backward"
              + " or both. Default: both.")
  private Faults faults;

  @Option(
      names = "--mtu",
      defaultValue = "1500",
      paramLabel = "BYTES",
      description = "Of the link. Super-segments are cut. Default: 1500.")
  private int mtu;

  LinkArguments() {}

  int mtu() {
    return mtu;
  }

  /**
   * From A to B.
   *
   * @throws LabException when an option makes no sense
   */
  LinkProfile forward() {
    return profile(rate, faults != Faults.BACKWARD);
  }

  /** From B to A. */
  LinkProfile backward() {
    return profile(backRate == null ? rate : backRate, faults != Faults.FORWARD);
  }

  private LinkProfile profile(long bitsPerSecond, boolean faulty) {
    if (bitsPerSecond < 1) {
      throw LabException.usage("--rate must be at least 1 bit per second");
    }
    try {
      long delayNs = nanos(delayMillis);
      LinkProfile clean =
          LinkProfile.of(bitsPerSecond, Duration.ofNanos(delayNs))
              .mtu(mtu)
              .queueBytes(queueBytes == null ? defaultQueue(bitsPerSecond, delayNs) : queueBytes);
      return faulty ? withFaults(clean) : clean;
    } catch (IllegalArgumentException e) {
      throw LabException.usage(e.getMessage());
    }
  }

  private long defaultQueue(long bitsPerSecond, long delayNs) {
    double roundTrip = 2 * delayNs / 8e9 * bitsPerSecond;
    return Math.max((long) roundTrip, (long) LEAST_QUEUE_PACKETS * mtu);
  }

  private LinkProfile withFaults(LinkProfile clean) {
    LinkProfile faulty = clean.loss(loss).duplicate(duplicate).corrupt(corrupt);
    long heldBackNs =
        reorderDelayMillis == null ? clean.delayNs() / 2 : nanos(reorderDelayMillis.doubleValue());
    if (reorder > 0) {
      faulty = faulty.reorder(reorder, Duration.ofNanos(heldBackNs));
    }
    return burst == null ? faulty : withBursts(faulty);
  }

  private LinkProfile withBursts(LinkProfile profile) {
    String[] parts = burst.split(":", -1);
    if (parts.length == 2) {
      try {
        double enter = Double.parseDouble(parts[0]);
        return profile.burstLoss(enter, Double.parseDouble(parts[1]), 1);
      } catch (NumberFormatException e) {
        throw LabException.usage("--burst is two probabilities such as 0.001:0.3, not " + burst);
      }
    }
    throw LabException.usage("--burst is two probabilities such as 0.001:0.3, not " + burst);
  }

  private static long nanos(double millis) {
    return Math.round(millis * NANOS_PER_MILLI);
  }
}
