package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * A hand-made peer in the place of a real one that has opened a connection: it continues the real
 * one's stream with the segments and mappings that a test says. Positions count from where the real
 * peer stopped.
 */
final class ForgedPeer {
  /** Mapping and DATA_ACK, both in 64 bits. */
  static final int MAPPED = Dss.ACK | Dss.ACK64 | Dss.MAP | Dss.DSN64;

  /** The same with a DATA_FIN. */
  static final int MAPPED_WITH_FIN = MAPPED | Dss.DATA_FIN;

  private final TestNet net;
  private final TestHost to;
  private final TestApp victim;
  private final Flow here;
  private final Flow real;
  private final long stream;
  private final long dsn;
  private final int seq;
  private final int ssn;
  private final boolean checksums;

  /**
   * Takes the place of one end.
   *
   * @param victim the end that will get the forged segments; its only subflow is used
   * @param replaced the end whose place is taken
   */
  ForgedPeer(TestNet net, TestHost to, TestApp victim, TestApp replaced) {
    this.net = net;
    this.to = to;
    this.victim = victim;
    here = victim.connection.flows().get(0);
    real = replaced.connection.flows().get(0);
    stream = victim.received;
    dsn = victim.connection.meta().window().next();
    seq = real.tcp().sndNxt();
    ssn = seq - real.tcp().iss();
    checksums = victim.connection.cb().orElseThrow().checksum();
    for (TestNet.Path path : net.paths) {
      path.up = false;
    }
  }

  /**
   * Gives a host a segment that one end of a subflow could send next.
   *
   * @param changes what is different about it
   * @return the datagram it came in, released unless the host keeps it
   */
  static ByteBuf forge(TestNet net, TestHost to, Flow by, Consumer<TxSegment> changes) {
    TxSegment segment = new TxSegment();
    segment.src(by.tuple().local()).srcPort(by.tuple().localPort());
    segment.dst(by.tuple().remote()).dstPort(by.tuple().remotePort());
    segment.seq(by.tcp().sndNxt()).ack(by.tcp().rcvNxt()).flags(TcpFlags.ACK).window(60_000);
    changes.accept(segment);
    Packet packet = new Packet();
    segment.encodeInto(packet, net.allocator);
    ByteBuf datagram = net.memory.apply(packet.linearize(net.allocator));
    packet.release();
    RxSegment rx = new RxSegment();
    rx.parse(datagram, ChecksumState.PARTIAL, 0);
    to.onSegment(rx, by.linkIndex());
    datagram.release();
    return datagram;
  }

  /** A segment with these bytes of the stream and with whatever else a test wants. */
  ByteBuf send(int position, int length, Consumer<TxSegment> changes) {
    return forge(
        net,
        to,
        real,
        s -> {
          s.seq(seq + position).ack(here.tcp().sndNxt());
          changes.accept(s);
          s.addPayload(bytes(position, length), 0, length);
        });
  }

  /** A segment whose mapping begins and ends where it says. */
  ByteBuf mapped(int position, int length, int from, int mappedBytes) {
    return send(position, length, s -> map(s, MAPPED, from, mappedBytes));
  }

  /** A segment whose mapping ends with a DATA_FIN. */
  ByteBuf mappedWithFin(int position, int length, int from, int mappedBytes) {
    return send(position, length, s -> map(s, MAPPED_WITH_FIN, from, mappedBytes));
  }

  /** A DATA_FIN without data. */
  void dataFin(int position) {
    send(
        position,
        0,
        s -> {
          int flags = MAPPED_WITH_FIN;
          if (checksums) {
            int sum = DssChecksum.compute(dsn + position, 0, 1, 0);
            s.options().dssWithChecksum(flags, dataAck(), dsn + position, 0, 1, sum);
          } else {
            s.options().dss(flags, dataAck(), dsn + position, 0, 1);
          }
        });
  }

  /** A segment with an infinite mapping. */
  ByteBuf infinite(int position, int length) {
    return send(
        position,
        length,
        s -> s.options().dss(MAPPED, dataAck(), dsn + position, ssn + position, 0));
  }

  /** An acknowledgement of everything, at both levels. */
  void acknowledge(int position) {
    send(position, 0, s -> s.options().dssAck64(dataAck()));
  }

  /** A segment without any MPTCP option. */
  ByteBuf plain(int position, int length) {
    return send(position, length, s -> {});
  }

  /** A FIN that acknowledges everything at both levels. */
  void fin(int position) {
    send(position, 0, s -> s.flags(TcpFlags.ACK | TcpFlags.FIN).options().dssAck64(dataAck()));
  }

  long dsn(int position) {
    return dsn + position;
  }

  int ssn(int position) {
    return ssn + position;
  }

  /** Writes a mapping into a segment. */
  void map(TxSegment s, int flags, int from, int length) {
    int counted = length + ((flags & Dss.DATA_FIN) != 0 ? 1 : 0);
    if (checksums) {
      int sum = InternetChecksum.sum(bytes(from, length), 0, length);
      int checksum = DssChecksum.compute(dsn + from, ssn + from, counted, sum);
      s.options().dssWithChecksum(flags, dataAck(), dsn + from, ssn + from, counted, checksum);
    } else {
      s.options().dss(flags, dataAck(), dsn + from, ssn + from, counted);
    }
  }

  /** Writes a mapping of bytes of the stream that says that they are elsewhere in the data. */
  void mapElsewhere(TxSegment s, int position, int length, int to) {
    if (checksums) {
      int sum = InternetChecksum.sum(bytes(position, length), 0, length);
      int checksum = DssChecksum.compute(dsn + to, ssn + position, length, sum);
      s.options().dssWithChecksum(MAPPED, dataAck(), dsn + to, ssn + position, length, checksum);
    } else {
      s.options().dss(MAPPED, dataAck(), dsn + to, ssn + position, length);
    }
  }

  private long dataAck() {
    MetaSock meta = victim.connection.meta();
    return meta.fin().sent() ? meta.fin().dsn() + 1 : meta.tx().nxt();
  }

  private ByteBuf bytes(int position, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = TestApp.at(stream + position + i, victim.peerSalt);
    }
    return Unpooled.wrappedBuffer(bytes);
  }
}
