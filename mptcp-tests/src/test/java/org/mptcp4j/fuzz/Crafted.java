package org.mptcp4j.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.mptcp4j.fuzz.FuzzFlow.Life;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** What an innocent peer does not send: signals of failure, nonsense, packets that were changed. */
final class Crafted {
  private static final int IPV6_HEADER = 40;
  private static final int NEAR = 5000;

  private final StackRun run;
  private final FuzzInput in;

  Crafted(StackRun run, FuzzInput in) {
    this.run = run;
    this.in = in;
  }

  // ---- mappings

  /** RFC 8684 section 3.7: the mapping of length 0, and from there on none. */
  void infinite(FuzzFlow flow, long seq, int length) {
    Session session = flow.session;
    session.guilty();
    session.infinite = true;
    TxSegment s = flow.segment(TcpFlags.ACK, seq);
    int flags = Dss.ACK | Dss.MAP | Dss.DSN64;
    long first = flow.piece(seq).dsnAt(seq);
    // RFC 8684 section 3.3.3: the end of the stream has a number, too, but no byte.
    long ends = session.finDsn >= 0 && session.finDsn <= first ? 1 : 0;
    long dsn = session.rawDsn(first + ends);
    s.options().dss(flags, session.rawAck(session.dataRcvNxt()), dsn, (int) seq, 0);
    flow.sendPayload(s, seq, length);
  }

  /** A mapping to other places of the stream. */
  void skewed(FuzzFlow flow, long seq, int length) {
    Session session = flow.session;
    session.contentUnknown();
    TxSegment s = flow.segment(TcpFlags.ACK, seq);
    long dsn = session.rawDsn(flow.piece(seq).dsnAt(seq) + (short) in.u16());
    int flags = Dss.MAP | Dss.DSN64 | ((in.u8() & 1) != 0 ? Dss.DATA_FIN : 0);
    s.options().dss(flags, 0, dsn, (int) seq + (byte) in.u8(), in.u16());
    flow.sendPayload(s, seq, length);
  }

  void wrongChecksum(FuzzFlow flow, long seq, int length) {
    Session session = flow.session;
    session.guilty();
    TxSegment s = flow.segment(TcpFlags.ACK, seq);
    long dsn = session.rawDsn(flow.piece(seq).dsnAt(seq));
    s.options().dssWithChecksum(Dss.MAP | Dss.DSN64, 0, dsn, (int) seq, length, 0x1234);
    flow.sendPayload(s, seq, length);
  }

  // ---- options

  /** An option beside the DSS. */
  void control(FuzzFlow flow) {
    int kind = in.u8();
    int value = in.u8();
    if (flow == null || flow.life != Life.UP || flow.session.remoteKey == 0) {
      return;
    }
    Session session = flow.session;
    TxSegment s = flow.ackSegment();
    switch (kind & 7) {
      case 0, 1 -> s.options().mptcp(announcement(session, kind, value));
      case 2 -> {
        session.guilty();
        s.options().mptcp(RemoveAddr.of(value & 3));
      }
      case 3 -> s.options().mptcp(MpPrio.ofSubflow((value & 1) != 0));
      case 4 -> s.options().mptcp(new MpPrio((value & 1) != 0, value >> 1 & 3));
      case 5 -> {
        session.guilty();
        s.options().mptcp(new MpFail(session.rawAck(session.dataRcvNxt())));
      }
      default -> {
        session.guilty();
        long key = session.remoteKey + (value & 1);
        s.options().mptcp(new MpFastclose(key));
        if ((value & 2) != 0) {
          s.flags(TcpFlags.RST | TcpFlags.ACK);
        }
      }
    }
    run.send(s);
  }

  private AddAddr announcement(Session session, int kind, int value) {
    IpAddress address = run.peerAddress(value & 1);
    if ((kind & 8) != 0) {
      address = IpAddress.ofV4(in.u32());
    }
    int port = (kind & 16) != 0 ? 8080 : 0;
    AddAddr plain = new AddAddr(false, value >> 1 & 7, address, port, 0);
    long hmac = MptcpKeys.addAddrHmac(session.localKey, session.remoteKey, plain);
    boolean echo = (kind & 32) != 0;
    return new AddAddr(echo, plain.addressId(), address, port, echo ? 0 : hmac + (kind >> 7));
  }

  /** Any options at all, on a segment that fits. */
  void options(FuzzFlow flow) {
    int flags = in.u8();
    int length = in.u8() % 41;
    if (flow == null) {
      return;
    }
    TxSegment s = Operations.astray(flow, flags);
    flow.session.contentUnknown();
    byte[] bytes = in.bytes(length);
    for (int i = 0; i + 2 <= bytes.length; ) {
      int size = Math.min(bytes.length - i - 1, bytes[i + 1] & 31);
      byte[] body = java.util.Arrays.copyOfRange(bytes, i + 1, i + 1 + size);
      s.options().raw(bytes[i] & 0xff, body);
      i += 1 + Math.max(1, size);
    }
    int payload = in.u8();
    s.addPayload(Unpooled.wrappedBuffer(new byte[payload]), 0, payload);
    run.send(s);
  }

  void reset(FuzzFlow flow) {
    int kind = in.u8();
    if (flow == null) {
      return;
    }
    flow.session.guilty();
    long seq = (kind & 1) == 0 ? flow.acked : flow.acked + (short) in.u16();
    TxSegment s = flow.segment(TcpFlags.RST | ((kind & 2) != 0 ? TcpFlags.ACK : 0), seq);
    if ((kind & 4) != 0) {
      s.options().mptcp(new MpTcpRst(kind >> 3 & 1, kind >> 4));
    }
    run.send(s);
  }

  // ---- packets

  void icmp() {
    int kind = in.u8();
    int mtu = in.u16();
    byte[] quoted = run.lastFromStack.clone();
    if (quoted.length == 0 || run.flows.isEmpty()) {
      return;
    }
    run.sessions.forEach(Session::guilty);
    IcmpError.Kind[] kinds = IcmpError.Kind.values();
    ByteBuf packet =
        Operations.icmp(kinds[kind % kinds.length], mtu, run.flows.get(0), quoted, run);
    run.send(packet, kind >> 7, 0);
  }

  /** A packet again that was sent before. */
  void replay() {
    ByteBuf packet = run.history[in.u8() % run.history.length];
    if (packet != null) {
      beginsAgain(packet);
      run.send(run.allocator().buffer(packet.readableBytes()).writeBytes(packet.duplicate()), 0, 0);
    }
  }

  /** A packet that was sent before, with another header. */
  void mangled() {
    ByteBuf packet = run.history[in.u8() % run.history.length];
    if (packet == null) {
      return;
    }
    strayPackets();
    ByteBuf data = run.allocator().buffer(packet.readableBytes()).writeBytes(packet.duplicate());
    int changes = 1 + in.u8() % 3;
    for (int i = 0; i < changes; i++) {
      change(data);
    }
    run.send(data, 0, in.u8() & 1);
  }

  private void change(ByteBuf data) {
    int tcp = run.v6 ? IPV6_HEADER : 20;
    if (data.readableBytes() < tcp + 20) {
      return;
    }
    switch (in.u8() & 7) {
      case 0 -> data.setInt(tcp + 4, data.getInt(tcp + 4) + (short) in.u16() % NEAR);
      case 1 -> data.setInt(tcp + 8, data.getInt(tcp + 8) + (short) in.u16() % NEAR);
      case 2 -> data.setByte(tcp + 13, in.u8());
      case 3 -> data.setShort(tcp + 14, in.u16());
      case 4 -> data.setByte(tcp + 12, in.u8());
      default -> data.setByte(tcp + in.u8() % (data.readableBytes() - tcp), in.u8());
    }
  }

  /** Bytes that need be no packet. */
  void raw() {
    byte[] bytes = in.bytes(in.u8());
    strayPackets();
    ByteBuf data = run.allocator().buffer(Math.max(1, bytes.length)).writeBytes(bytes);
    run.send(data, in.u8() & 1, in.u16());
  }

  /** A SYN of a flow that is over opens another connection. */
  private void beginsAgain(ByteBuf packet) {
    int tcp = packet.readerIndex() + (run.v6 ? 40 : 20);
    if (packet.writerIndex() < tcp + 20 || (packet.getByte(tcp + 13) & TcpFlags.SYN) == 0) {
      return;
    }
    int port = packet.getUnsignedShort(tcp);
    for (FuzzFlow flow : run.flows) {
      if (flow.localPort == port && flow.life != FuzzFlow.Life.SYN_SENT) {
        flow.untracked = true;
        flow.session.contentUnknown();
      }
    }
  }

  private void strayPackets() {
    for (FuzzFlow flow : java.util.List.copyOf(run.flows)) {
      flow.untracked = true;
      flow.session.contentUnknown();
    }
  }
}
