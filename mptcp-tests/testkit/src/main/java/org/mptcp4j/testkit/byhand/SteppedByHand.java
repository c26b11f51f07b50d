package org.mptcp4j.testkit.byhand;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/** Something that sends and receives segments: the test is its clock and its network. */
public abstract sealed class SteppedByHand implements AutoCloseable
    permits TcpSockByHand, MptcpCbByHand {
  private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

  private final List<WireSegment> sent = new ArrayList<>();
  private final TxSegment out = new TxSegment();
  private long nowNs = 1_000_000_000L;

  SteppedByHand() {}

  abstract long nextTimeoutNs();

  abstract void onTimeout();

  /** Whether a segment leaves now, which is written there. */
  abstract boolean pollTransmit(TxSegment into);

  /** Releases what it holds. */
  @Override
  public abstract void close();

  /** The time. */
  public final long nowNs() {
    return nowNs;
  }

  /** What it has sent since this was asked last. */
  public final List<WireSegment> sent() {
    List<WireSegment> all = List.copyOf(sent);
    sent.clear();
    return all;
  }

  /** What it has sent last, which is not among {@link #sent()} then. */
  final WireSegment takeLast() {
    return sent.remove(sent.size() - 1);
  }

  /** Lets time pass until the next timer is due, and runs it; returns how long that was. */
  public final Duration expires() {
    long due = nextTimeoutNs();
    if (due == Long.MAX_VALUE) {
      throw new IllegalStateException("no timer runs: let time pass by passes()");
    }
    long waited = Math.max(0, due - nowNs);
    nowNs += waited;
    onTimeout();
    poll();
    return Duration.ofNanos(waited);
  }

  /** Lets time pass; timers that become due meanwhile run at their time. */
  public final void passes(Duration time) {
    long end = nowNs + time.toNanos();
    while (nextTimeoutNs() <= end) {
      expires();
    }
    nowNs = end;
  }

  /** Takes what it has to send; needed after using verbs of its parts. */
  public final void poll() {
    while (pollTransmit(out)) {
      Packet packet = new Packet();
      out.encodeInto(packet, ALLOCATOR);
      WireSegment.of(nowNs, packet).ifPresent(sent::add);
      packet.release();
    }
  }

  /**
   * Gives it a segment as it would come from a network, and takes what it sends then.
   *
   * @param to gets the segment, which it borrows
   */
  final <T> T deliver(Consumer<TxSegment> craft, Function<RxSegment, T> to) {
    TxSegment segment = new TxSegment();
    craft.accept(segment);
    Packet packet = new Packet();
    segment.encodeInto(packet, ALLOCATOR);
    ByteBuf whole = packet.linearize(ALLOCATOR);
    try {
      RxSegment seg = new RxSegment();
      ParseVerdict parsed = seg.parse(whole, packet.checksum(), 0);
      if (parsed != ParseVerdict.OK) {
        throw new IllegalArgumentException("no segment that a stack would accept: " + parsed);
      }
      T answer = to.apply(seg);
      poll();
      return answer;
    } finally {
      packet.release();
      whole.release();
    }
  }
}
