package org.mptcp4j.testkit.middlebox;

import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.mptcp4j.wire.TcpFlags;

/** Makes boxes. */
public final class Boxes {
  /** Which options are left when a box cuts or joins segments. */
  public enum Keeps {
    /** Those of the first. */
    FIRST,
    /** Those of the last. */
    LAST,
    /** All: each piece has them. */
    ALL,
    /** None of MPTCP. */
    NONE
  }

  /** Which sequence number a forged reset has. */
  public enum Guess {
    /** Any. */
    BLIND,
    /** One within the receive window. */
    IN_WINDOW,
    /** The one that is expected next. */
    EXACT
  }

  private Boxes() {}

  // ---- options

  /** Overwrites the MPTCP options of SYNs with NOPs. */
  public static TcpBox stripsSyn() {
    return strips(p -> p.has(TcpFlags.SYN) && !p.has(TcpFlags.ACK));
  }

  /** Overwrites the MPTCP options of SYN/ACKs with NOPs. */
  public static TcpBox stripsSynAck() {
    return strips(p -> p.has(TcpFlags.SYN) && p.has(TcpFlags.ACK));
  }

  /** Overwrites the MPTCP options of the third segment of a handshake with NOPs. */
  public static TcpBox stripsThirdAck() {
    return new TcpBox(
        () ->
            new TcpBox.Flow() {
              private boolean seen;

              @Override
              public void forth(TcpPacket p, TcpBox.Out on, TcpBox.Out back) {
                boolean third = !seen && !p.has(TcpFlags.SYN);
                seen |= third;
                on.send(third ? p.withoutMptcp() : p);
              }
            });
  }

  /** Overwrites the MPTCP options of segments with data with NOPs. */
  public static TcpBox stripsData() {
    return strips(p -> p.payload().length > 0);
  }

  /** Overwrites the MPTCP options of segments without data with NOPs. */
  public static TcpBox stripsAcks() {
    return strips(p -> p.payload().length == 0 && !p.has(TcpFlags.SYN));
  }

  /** Overwrites all MPTCP options with NOPs. */
  public static TcpBox stripsAll() {
    return strips(p -> true);
  }

  private static TcpBox strips(Predicate<TcpPacket> which) {
    return new TcpBox(() -> (p, on, back) -> on.send(which.test(p) ? p.withoutMptcp() : p));
  }

  /** Makes the checksums of mappings wrong, and leaves the data as it is. */
  public static TcpBox spoilsChecksums() {
    return new TcpBox(() -> (p, on, back) -> on.send(p.withWrongChecksum()));
  }

  /** Drops SYNs and SYN/ACKs that have MPTCP options. */
  public static TcpBox dropsSyn() {
    return new TcpBox(
        () ->
            (p, on, back) -> {
              if (!p.has(TcpFlags.SYN) || !p.hasMptcp()) {
                on.send(p);
              }
            });
  }

  /** Gives each flow another source port, as a translator of addresses does. */
  public static TcpBox translates() {
    return new TcpBox(Translator::new);
  }

  // ---- sequence numbers and lengths

  /** Gives each flow other sequence numbers, as some firewalls do to make them less predictable. */
  public static TcpBox rewritesSequenceNumbers() {
    return new TcpBox(
        () ->
            new TcpBox.Flow() {
              private static final int MOVED = 0x5ca1_ab1e;

              @Override
              public void forth(TcpPacket p, TcpBox.Out on, TcpBox.Out back) {
                on.send(p.withSeq(p.seq() + MOVED));
              }

              @Override
              public void back(TcpPacket p, TcpBox.Out on) {
                on.send(p.withAck(p.ack() - MOVED).withSackMoved(n -> n - MOVED));
              }
            });
  }

  /** Cuts each segment with data in two. */
  public static TcpBox splits(Keeps keeps) {
    return new TcpBox(
        () ->
            (p, on, back) -> {
              int length = p.payload().length;
              if (length < 2) {
                on.send(p);
                return;
              }
              TcpPacket first = p.part(0, length / 2);
              TcpPacket last = p.part(length / 2, length);
              int later = TcpFlags.FIN | TcpFlags.PSH;
              first = first.withFlags(p.flags() & ~later);
              on.send(keeps == Keeps.LAST ? first.withoutMptcp() : first);
              on.send(keeps == Keeps.FIRST ? last.withoutMptcp() : last);
            });
  }

  /** Joins two segments with data where the second follows the first. */
  public static TcpBox joins(Keeps keeps) {
    return new TcpBox(() -> new Joiner(keeps));
  }

  /**
   * Inserts {@link PayloadRewriter#mark} into the data now and then, as a gateway that knows it.
   */
  public static TcpBox rewritesPayload() {
    return new TcpBox(PayloadRewriter::new);
  }

  // ---- what is sent, or held back, beside

  /**
   * Acknowledges data before it has arrived. What is lost behind it nobody would send again, so
   * that it is the box that loses something, before it looks at it.
   *
   * @param loss share of the packets, both ways
   */
  public static TcpBox acknowledgesEarly(double loss, long seed) {
    return new TcpBox(() -> new EarlyAcks(loss, new SplittableRandom(seed)));
  }

  /** Loses a segment now and then, and lets nothing pass that lies beyond the hole. */
  public static TcpBox blocksBeyondHoles(long seed) {
    return new TcpBox(() -> new HoleBlocker(new SplittableRandom(seed)));
  }

  /** Makes windows smaller. */
  public static TcpBox shrinksWindows() {
    return new TcpBox(
        () -> (p, on, back) -> on.send(p.withWindow(Math.min(p.window(), 1 + p.window() / 8))));
  }

  /** Sends a reset now and then. */
  public static TcpBox resets(Guess guess, long seed) {
    return new TcpBox(() -> new Resetter(guess, new SplittableRandom(seed)));
  }

  /** Sends old segments again. */
  public static TcpBox replays(long seed) {
    return new TcpBox(() -> new Replayer(new SplittableRandom(seed)));
  }
}
