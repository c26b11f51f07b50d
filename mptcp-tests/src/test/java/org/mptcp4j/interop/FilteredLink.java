package org.mptcp4j.interop;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.Deque;
import java.util.function.Function;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** A link with a packet filter at its other end, for what is sent and for what is received. */
final class FilteredLink extends LinkInFront {
  /** What becomes of a segment. */
  enum Verdict {
    PASS,
    DROP,
    /** Dropped, and a reset is the answer. */
    REJECT
  }

  private final Function<RxSegment, Verdict> filter;
  private final RxSegment segment = new RxSegment();
  private final TxSegment reset = new TxSegment();
  private final Packet answer = new Packet();
  private final Deque<Packet> toUs;

  /**
   * Makes one.
   *
   * @param filter asked for every segment, in either direction
   * @param toUs answers of the filter to us: given out by whichever link that shares it is read
   *     next
   */
  FilteredLink(LinkDevice link, Function<RxSegment, Verdict> filter, Deque<Packet> toUs) {
    super(link);
    this.filter = filter;
    this.toUs = toUs;
  }

  @Override
  public boolean send(Packet packet) {
    Verdict verdict = verdict(packet);
    if (verdict == Verdict.PASS) {
      return super.send(packet);
    }
    packet.release();
    if (verdict == Verdict.REJECT) {
      Packet back = new Packet();
      reset.encodeInto(back, PooledByteBufAllocator.DEFAULT);
      toUs.add(back);
    }
    return true;
  }

  @Override
  public int receive(PacketBatch into) {
    int before = into.size();
    while (!toUs.isEmpty() && !into.isFull()) {
      toUs.poll().moveTo(into.add());
    }
    PacketBatch all = new PacketBatch(Math.max(1, into.capacity() - into.size()));
    int received = into.isFull() ? 0 : super.receive(all);
    for (int i = 0; i < received; i++) {
      Packet packet = all.get(i);
      switch (verdict(packet)) {
        case PASS -> packet.moveTo(into.add());
        case REJECT -> {
          reset.encodeInto(answer, PooledByteBufAllocator.DEFAULT);
          if (!super.send(answer)) {
            answer.release();
          }
        }
        case DROP -> {
          // Released with the batch.
        }
      }
    }
    all.clear();
    return received < 0 ? received : into.size() - before;
  }

  private Verdict verdict(Packet packet) {
    if (segment.parse(packet) != ParseVerdict.OK) {
      return Verdict.PASS;
    }
    Verdict verdict = filter.apply(segment);
    if (verdict == Verdict.REJECT) {
      reset.clear();
      reset.src(segment.dst()).srcPort(segment.dstPort());
      reset.dst(segment.src()).dstPort(segment.srcPort());
      reset.ack(segment.seq() + 1).flags(TcpFlags.RST | TcpFlags.ACK);
    }
    return verdict;
  }

  @Override
  public void close() {
    toUs.forEach(Packet::release);
    toUs.clear();
    super.close();
  }
}
