package org.mptcp4j.testkit.replay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpOptionCursor;
import org.mptcp4j.wire.TcpOptions;

/**
 * Changes a captured segment so that it says to the stack what it said to the captured end: the
 * stack has another initial sequence number, key, nonce, port and clock. Lengths stay the same, so
 * that everything is changed in its place. An HMAC or key that was wrong in the capture stays so.
 */
final class Translation {
  private static final int DST_PORT = 2;
  private static final int ACK = 8;
  private static final int CHECKSUM = 16;
  private static final int TCP_HEADER = 20;

  private final ReplayFlow flow;
  private final ByteBuf datagram;
  private final RxSegment segment = new RxSegment();
  private final int tcp;

  private Translation(ReplayFlow flow, byte[] copy) {
    this.flow = flow;
    this.datagram = Unpooled.wrappedBuffer(copy);
    if (segment.parse(datagram, ChecksumState.VALID, 0) != ParseVerdict.OK) {
      throw new IllegalStateException("a segment that was read before does not parse");
    }
    this.tcp = segment.upperIndex();
  }

  /**
   * Translates one segment.
   *
   * @param captured not changed
   * @return a new array
   */
  static byte[] of(ReplayFlow flow, byte[] captured) {
    byte[] copy = captured.clone();
    new Translation(flow, copy).run();
    return copy;
  }

  private void run() {
    datagram.setShort(tcp + DST_PORT, flow.hasPort() ? flow.port() : flow.answeringPort());
    if (segment.hasAck() && flow.isTranslatable()) {
      datagram.setInt(tcp + ACK, segment.ack() + flow.shift());
    }
    TcpOptionCursor options = new TcpOptionCursor();
    int start = tcp + TCP_HEADER;
    options.reset(datagram, start, segment.payloadIndex() - start);
    while (options.next()) {
      option(options.kind(), options.index(), options.length());
    }
    checksum();
  }

  private void option(int kind, int index, int length) {
    if (kind == TcpOptions.TIMESTAMPS && length == 10 && segment.hasAck()) {
      datagram.setInt(index + 6, flow.stackTimestamp());
    } else if (kind == TcpOptions.SACK && flow.isTranslatable()) {
      for (int i = index + 2; i + 4 <= index + length; i += 4) {
        datagram.setInt(i, datagram.getInt(i) + flow.shift());
      }
    } else if (kind == MptcpOption.KIND && length >= 4) {
      flow.connection()
          .filter(ReplayConnection::isComplete)
          .ifPresent(c -> mptcp(c, index, length));
    }
  }

  private void mptcp(ReplayConnection c, int index, int length) {
    switch (datagram.getUnsignedByte(index + 2) >>> 4) {
      case MptcpOption.MP_CAPABLE -> {
        if (length >= 20) {
          key(c, index + 12);
        }
      }
      case MptcpOption.MP_JOIN -> join(c, index, length);
      case MptcpOption.DSS -> dataAck(c, index);
      case MptcpOption.ADD_ADDR -> addAddr(c, index, length);
      case MptcpOption.MP_FAIL ->
          datagram.setLong(index + 4, datagram.getLong(index + 4) + c.shift());
      case MptcpOption.MP_FASTCLOSE -> key(c, index + 4);
      default -> {
        // nothing in it depends on the other end
      }
    }
  }

  private void key(ReplayConnection c, int index) {
    if (datagram.getLong(index) == c.capturedKey().orElseThrow()) {
      datagram.setLong(index, c.stackKey().orElseThrow());
    }
  }

  // RFC 8684 section 3.2: the three forms of MP_JOIN differ in length.
  private void join(ReplayConnection c, int index, int length) {
    if (length == 12) {
      if (c.hasCapturedToken(datagram.getInt(index + 4))) {
        datagram.setInt(index + 4, MptcpKeys.token(c.stackKey().orElseThrow()));
      }
    } else if (flow.knowsNonces()) {
      int bytes = length == 16 ? 8 : 20;
      byte[] was = new byte[bytes];
      datagram.getBytes(index + 4, was);
      byte[] right = c.capturedJoinHmac(flow.replayedNonce(), flow.capturedNonce());
      if (Arrays.equals(was, Arrays.copyOf(right, bytes))) {
        byte[] now = c.joinHmac(flow.replayedNonce(), flow.stackNonce());
        datagram.setBytes(index + 4, now, 0, bytes);
      }
    }
  }

  private void dataAck(ReplayConnection c, int index) {
    int flags = datagram.getByte(index + 3);
    if ((flags & Dss.ACK) == 0) {
      return;
    }
    if ((flags & Dss.ACK64) != 0) {
      datagram.setLong(index + 4, datagram.getLong(index + 4) + c.shift());
    } else {
      datagram.setInt(index + 4, datagram.getInt(index + 4) + (int) c.shift());
    }
  }

  private void addAddr(ReplayConnection c, int index, int length) {
    AddAddr option =
        MptcpOption.decode(datagram, index, length)
            .filter(AddAddr.class::isInstance)
            .map(AddAddr.class::cast)
            .filter(o -> !o.echo() && o.hmac() == c.capturedAddAddrHmac(o))
            .orElse(null);
    if (option != null) {
      datagram.setLong(index + length - 8, c.addAddrHmac(option));
    }
  }

  private void checksum() {
    datagram.setShort(tcp + CHECKSUM, 0);
    int sum =
        InternetChecksum.add(
            segment.pseudoHeader(RxSegment.PROTOCOL_TCP),
            InternetChecksum.sum(datagram, tcp, segment.upperLength()));
    datagram.setShort(tcp + CHECKSUM, InternetChecksum.finish(sum));
  }
}
