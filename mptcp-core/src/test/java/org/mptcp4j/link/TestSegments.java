package org.mptcp4j.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** TCP segments for tests of links. */
public final class TestSegments {
  public static final IpAddress V4_A = IpAddress.parse("10.0.0.1");
  public static final IpAddress V4_B = IpAddress.parse("10.0.0.2");
  public static final IpAddress V6_A = IpAddress.parse("fd00::1");
  public static final IpAddress V6_B = IpAddress.parse("fd00::2");

  private TestSegments() {}

  /** A segment with timestamps, ready to be changed and encoded. */
  public static TxSegment segment(IpAddress src, IpAddress dst, int seq, byte[] payload) {
    TxSegment s = new TxSegment();
    s.src(src).dst(dst).srcPort(1000).dstPort(2000).seq(seq).ack(7).flags(TcpFlags.ACK);
    s.window(5000);
    s.options().timestamps(11, 22);
    if (payload.length > 0) {
      ByteBuf b = Unpooled.wrappedBuffer(payload);
      s.addPayload(b, 0, payload.length);
      b.release();
    }
    return s;
  }

  public static Packet packet(TxSegment segment) {
    Packet p = new Packet();
    segment.encodeInto(p, ByteBufAllocator.DEFAULT);
    return p;
  }

  public static Packet packet(IpAddress src, IpAddress dst, int seq, byte[] payload) {
    return packet(segment(src, dst, seq, payload));
  }

  /** Bytes that differ at every place. */
  public static byte[] bytes(int length, int from) {
    byte[] b = new byte[length];
    for (int i = 0; i < length; i++) {
      b[i] = (byte) ((from + i) * 31 + ((from + i) >>> 8));
    }
    return b;
  }
}
