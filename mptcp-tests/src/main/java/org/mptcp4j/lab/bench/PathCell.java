package org.mptcp4j.lab.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.mptcp4j.link.sim.LinkProfile;

/** A path that both senders meet: its rate, its round trip, and what it does to data. */
enum PathCell {
  CLEAN_10(10, 50, Faults.none()),
  CLEAN_10_NEAR(10, 5, Faults.none()),
  CLEAN_100(100, 50, Faults.none()),
  CLEAN_100_FAR(100, 200, Faults.none()),
  LOSS_10(10, 50, Faults.loss(0.01)),
  LOSS_10_HEAVY(10, 50, Faults.loss(0.03)),
  LOSS_100(100, 50, Faults.loss(0.001)),
  LOSS_100_NEAR(100, 5, Faults.loss(0.01)),
  LOSS_100_FAR(100, 200, Faults.loss(0.001)),
  BURST_100(100, 50, Faults.bursts(0.001)),
  REORDER_100(100, 50, Faults.reorder(0.01, 0)),
  REORDER_LOSS_100(100, 50, Faults.reorder(0.01, 0.001));

  private static final int PACKET_BYTES = 1500;
  private static final int LEAST_PACKETS = 100;

  /** Packets of a burst on the average. */
  private static final double BURST_PACKETS = 3;

  private record Faults(double loss, double bursts, double reorder) {
    static Faults none() {
      return new Faults(0, 0, 0);
    }

    static Faults loss(double share) {
      return new Faults(share, 0, 0);
    }

    /** Bursts that lose that share of all packets. */
    static Faults bursts(double share) {
      return new Faults(0, share, 0);
    }

    static Faults reorder(double share, double loss) {
      return new Faults(loss, 0, share);
    }
  }

  private final int megabitsPerSecond;
  private final int roundTripMillis;
  private final Faults faults;

  PathCell(int megabitsPerSecond, int roundTripMillis, Faults faults) {
    this.megabitsPerSecond = megabitsPerSecond;
    this.roundTripMillis = roundTripMillis;
    this.faults = faults;
  }

  /** What {@code --only} calls it. */
  String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What {@code --only} may be given. */
  static String options() {
    return Arrays.stream(values()).map(PathCell::option).collect(Collectors.joining(", "));
  }

  Duration roundTrip() {
    return LinkProfile.millis(roundTripMillis);
  }

  /** The way of the acknowledgements: as long, and nothing happens on it. */
  LinkProfile acknowledgements() {
    long rate = megabitsPerSecond * 1_000_000L;
    long roundTripBytes = rate / 8 * roundTripMillis / 1000;
    return LinkProfile.of(rate, roundTrip().dividedBy(2))
        .queueBytes(Math.max(roundTripBytes, LEAST_PACKETS * PACKET_BYTES));
  }

  /** The way of the data. */
  LinkProfile data() {
    LinkProfile path = acknowledgements().loss(faults.loss);
    if (faults.reorder > 0) {
      path = path.reorder(faults.reorder, roundTrip().dividedBy(4));
    }
    return faults.bursts > 0
        ? path.burstLoss(faults.bursts / BURST_PACKETS, 1 / BURST_PACKETS, 1)
        : path;
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    text.append(megabitsPerSecond).append(" Mb/s, ").append(roundTripMillis).append(" ms");
    add(text, faults.loss, "lost");
    add(text, faults.bursts, "lost in bursts");
    add(text, faults.reorder, "late");
    return text.toString();
  }

  private static void add(StringBuilder text, double share, String what) {
    if (share > 0) {
      text.append(String.format(Locale.ROOT, ", %.1f %% %s", 100 * share, what));
    }
  }
}
