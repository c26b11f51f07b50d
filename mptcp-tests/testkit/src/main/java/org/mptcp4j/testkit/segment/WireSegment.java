package org.mptcp4j.testkit.segment;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.PacketText;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpOptions;

/**
 * One TCP segment that was on the wire, kept for good: it shares no memory with the packet it came
 * in. A super-segment is one segment. Immutable.
 *
 * <p>Sequence and acknowledgment numbers count from the initial sequence number of their direction,
 * as analysers show them: a SYN has number 0, the first byte has 1. Where nobody has seen the SYN
 * they are the numbers in the header; {@link #rawSeq} and {@link #rawAck} always are.
 */
public final class WireSegment {
  private final long timeNs;
  private final RxSegment segment;
  private final int seqBase;
  private final int ackBase;

  private WireSegment(long timeNs, RxSegment segment, int seqBase, int ackBase) {
    this.timeNs = timeNs;
    this.segment = segment;
    this.seqBase = seqBase;
    this.ackBase = ackBase;
  }

  /**
   * Copies a packet.
   *
   * @param timeNs when it passed, nanoseconds
   * @param packet neither changed nor kept
   * @return empty when it is no TCP segment, or a broken one
   */
  public static Optional<WireSegment> of(long timeNs, Packet packet) {
    ByteBuf whole = packet.linearize(UnpooledByteBufAllocator.DEFAULT);
    byte[] bytes = new byte[whole.readableBytes()];
    whole.getBytes(whole.readerIndex(), bytes);
    whole.release();
    RxSegment parsed = new RxSegment();
    ParseVerdict verdict =
        parsed.parse(Unpooled.wrappedBuffer(bytes), packet.checksum(), packet.gsoSize());
    return verdict == ParseVerdict.OK
        ? Optional.of(new WireSegment(timeNs, parsed, 0, 0))
        : Optional.empty();
  }

  /**
   * The same segment with numbers that count from other ones.
   *
   * @param initialSeq the sequence number of its sender's SYN
   * @param initialAck the sequence number of its receiver's SYN
   */
  public WireSegment relativeTo(int initialSeq, int initialAck) {
    return new WireSegment(timeNs, segment, initialSeq, initialAck);
  }

  /** When it passed, nanoseconds. */
  public long timeNs() {
    return timeNs;
  }

  /** Source address. */
  public IpAddress src() {
    return segment.src();
  }

  /** Source port. */
  public int srcPort() {
    return segment.srcPort();
  }

  /** Destination address. */
  public IpAddress dst() {
    return segment.dst();
  }

  /** Destination port. */
  public int dstPort() {
    return segment.dstPort();
  }

  /** The sequence number, relative. */
  public long seq() {
    return Integer.toUnsignedLong(segment.seq() - seqBase);
  }

  /** The acknowledgment number, relative; means nothing without the flag. */
  public long ack() {
    return Integer.toUnsignedLong(segment.ack() - ackBase);
  }

  /** The sequence number as it is in the header. */
  public int rawSeq() {
    return segment.seq();
  }

  /** The acknowledgment number as it is in the header. */
  public int rawAck() {
    return segment.ack();
  }

  /** The flags, bits of {@link org.mptcp4j.wire.TcpFlags}. */
  public int flags() {
    return segment.flags();
  }

  /** Whether all these flags are set. */
  public boolean has(int flags) {
    return (segment.flags() & flags) == flags;
  }

  /** The window field, not scaled. */
  public int window() {
    return segment.window();
  }

  /** The ECN bits of the IP header. RFC 3168. */
  public int ecn() {
    return segment.ecn();
  }

  /** Payload bytes. */
  public int length() {
    return segment.payloadLength();
  }

  /** The payload; a new array. */
  public byte[] payload() {
    byte[] bytes = new byte[segment.payloadLength()];
    segment.buf().getBytes(segment.payloadIndex(), bytes);
    return bytes;
  }

  /** The options; not to be changed. */
  public TcpOptions options() {
    return segment.options();
  }

  /** The MPTCP options, a DSS before the others. */
  public List<MptcpOption> mptcp() {
    List<MptcpOption> all = new ArrayList<>();
    if (options().dss().present()) {
      all.add(options().dss().toOption());
    }
    for (int i = 0; i < options().mptcpOptions(); i++) {
      all.add(options().mptcp(i));
    }
    return Collections.unmodifiableList(all);
  }

  /** The first MPTCP option of that type, a DSS as {@link org.mptcp4j.wire.DssOption}. */
  public <T extends MptcpOption> Optional<T> mptcp(Class<T> type) {
    return mptcp().stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** One line: time, ends, flags, relative numbers, options. */
  @Override
  public String toString() {
    String line = PacketText.line(segment, seq(), ack(), PacketText.options(options()));
    return String.format(Locale.ROOT, "%.6f s %s", timeNs / 1e9, line);
  }
}
