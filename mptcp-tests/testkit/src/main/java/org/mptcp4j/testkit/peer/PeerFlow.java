package org.mptcp4j.testkit.peer;

import static org.mptcp4j.testkit.segment.SegmentMatcher.segment;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.testkit.segment.SegmentMatcher;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.TxSegment;

/**
 * One TCP flow of a {@link HandDrivenPeer}. It counts: what it sends next begins where the last
 * segment ended, and acknowledges what has come in order; a test may say otherwise. What arrives
 * waits until the test {@link #expect expects} it.
 */
public sealed class PeerFlow permits PeerSubflow {
  /** Window of a segment that says none: no scaling, so that it is what it says. */
  static final int WINDOW = 65_535;

  record Route(IpAddress local, int localPort, IpAddress remote, int remotePort, int linkIndex) {
    int mss() {
      return local.isV4() ? 1460 : 1440;
    }
  }

  private final HandDrivenPeer peer;
  private final Route route;
  private final int iss;
  private final ArrayDeque<WireSegment> waiting = new ArrayDeque<>();
  private final List<WireSegment> received = new ArrayList<>();
  private final Reassembly stream = new Reassembly();
  private boolean started;
  private int irs;
  private int sndNxt;
  private long finAt = Long.MAX_VALUE;

  PeerFlow(HandDrivenPeer peer, Route route) {
    this.peer = peer;
    this.route = route;
    this.iss = peer.random().nextInt();
    this.sndNxt = iss;
  }

  final Route route() {
    return route;
  }

  /** Whose flow it is. */
  public final HandDrivenPeer peer() {
    return peer;
  }

  // ---- what it sends

  /**
   * A segment to be changed and sent: next in sequence, with an acknowledgement of what has come,
   * without payload and options.
   */
  public CraftedSegment craft() {
    return new CraftedSegment(this);
  }

  /** Sends bytes in sequence, without any option. */
  public final void write(String latin1) {
    craft().payload(latin1).send();
  }

  /** Sends bytes in sequence, without any option. */
  public final void write(byte[] bytes) {
    craft().payload(bytes).send();
  }

  /** Acknowledges what has come in order. */
  public void ack() {
    craft().send();
  }

  /** Ends the sending direction. */
  public void fin() {
    craft().flags(FIN, ACK).send();
  }

  /** Sends a reset that fits the sequence. */
  public void reset() {
    craft().flags(RST, ACK).send();
  }

  /** The handshake of a plain TCP connection that this end opens. */
  final void connect() {
    craft().flags(SYN).mss(route.mss()).send();
    expect(segment().flags(SYN, ACK).ack(1));
    ack();
  }

  /** The rest of the handshake of a plain TCP connection whose SYN was taken. */
  final void accept() {
    craft().flags(SYN, ACK).mss(route.mss()).send();
    expect(segment().flags(ACK).ack(1));
  }

  final TxSegment next() {
    TxSegment next = new TxSegment();
    next.src(route.local).srcPort(route.localPort).dst(route.remote).dstPort(route.remotePort);
    next.linkIndex(route.linkIndex).seq(sndNxt).window(WINDOW);
    return started ? next.flags(ACK).ack(rawAck(rcvNxt())) : next;
  }

  final void transmit(TxSegment segment) {
    sndNxt = Seq32.max(sndNxt, segment.seq() + segment.seqLength());
    peer.transmit(segment);
  }

  // ---- where it is

  /** Sequence number that it sends next, relative: 1 after the SYN. */
  public final long sndNxt() {
    return Integer.toUnsignedLong(sndNxt - iss);
  }

  /** What it acknowledges by itself, relative: what has come in order, SYN and FIN included. */
  public final long rcvNxt() {
    return stream.next() == finAt ? finAt + 1 : stream.next();
  }

  /** A relative sequence number of this end as it is on the wire. */
  public final int rawSeq(long relative) {
    return iss + (int) relative;
  }

  /** A relative sequence number of the other end as it is on the wire. */
  public final int rawAck(long relative) {
    return irs + (int) relative;
  }

  /**
   * The bytes that came in order, whatever their options say.
   *
   * @return a new array
   */
  public final byte[] receivedBytes() {
    return stream.bytes();
  }

  /** Every segment that came, expected or not. */
  public final List<WireSegment> received() {
    return List.copyOf(received);
  }

  /** Whether a reset came. */
  public final boolean wasReset() {
    return received.stream().anyMatch(s -> s.has(RST));
  }

  // ---- what it expects

  /**
   * The next segment that comes, or that has come and was not expected yet, must be so.
   *
   * @return the segment
   * @throws AssertionError when it is not, or none comes; shows expected and seen side by side
   */
  public final WireSegment expect(SegmentMatcher expected) {
    if (!arrives()) {
      throw nothing(expected, List.of());
    }
    WireSegment next = waiting.remove();
    expected.check(next);
    return next;
  }

  /**
   * One of the next segments must be so; those before it are passed over.
   *
   * @return the segment
   * @throws AssertionError when none is; shows what came instead
   */
  public final WireSegment await(SegmentMatcher expected) {
    List<WireSegment> passed = new ArrayList<>();
    long endNs = peer.world().network().nowNs() + peer.patience().toNanos();
    while (peer.world().network().nowNs() <= endNs && arrives()) {
      WireSegment next = waiting.remove();
      if (expected.test(next)) {
        return next;
      }
      passed.add(next);
    }
    throw nothing(expected, passed);
  }

  /**
   * Nothing comes for so long, and nothing is waiting.
   *
   * @param time virtual time
   * @throws AssertionError when something does
   */
  public final void expectNothing(Duration time) {
    if (peer.world().network().runUntil(() -> !waiting.isEmpty(), time)) {
      throw new AssertionError(this + " expected nothing, and got\n  " + waiting.peek());
    }
  }

  /** Passes over what has come so far. */
  public final void skipAll() {
    waiting.clear();
  }

  private boolean arrives() {
    SimNetwork network = peer.world().network();
    return network.runUntil(() -> !waiting.isEmpty(), peer.patience());
  }

  private AssertionError nothing(SegmentMatcher expected, List<WireSegment> passed) {
    StringBuilder text = new StringBuilder();
    text.append(this).append(" got no ").append(expected).append(" within ");
    text.append(peer.patience().toNanos() / 1e9).append(" s");
    passed.forEach(s -> text.append("\n").append(expected.compare(s)));
    return new AssertionError(text.append('\n').append(peer.world()).toString());
  }

  final void onSegment(WireSegment raw) {
    if (raw.has(SYN) && !started) {
      started = true;
      irs = raw.rawSeq();
    }
    WireSegment s = raw.relativeTo(irs, iss);
    waiting.add(s);
    received.add(s);
    // A SYN takes the number before its first byte.
    long first = s.has(SYN) ? 1 : s.seq();
    stream.put(first, s.payload());
    if (s.has(FIN)) {
      finAt = first + s.length();
    }
    learn(s);
  }

  /** What a subflow finds in the options. */
  void learn(WireSegment segment) {
    // a plain flow learns nothing
  }

  @Override
  public String toString() {
    return peer + ":" + route.localPort;
  }
}
