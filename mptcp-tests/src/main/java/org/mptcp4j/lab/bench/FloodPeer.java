package org.mptcp4j.lab.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mptcp.MptcpCrypto;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * The segments of a flood, and as much of a TCP as the attacker needs for connections of its own.
 * Where nobody answers, as at the address of nobody, it sends the same with invented numbers.
 */
final class FloodPeer {
  private static final long KEY = 0x0123456789abcdefL;
  private static final int SCALE = 7;
  private static final int FULL_WINDOW = 65_535;
  private static final int NETWORK = 0xff000000;
  private static final ByteBuf ASK = bytes("G");
  private static final ByteBuf BYTE = bytes("x");

  /** One connection, from the attacker's side. */
  private static final class Conn {
    final int port;
    final IpAddress address;
    final int iss;
    int next;
    int base; // everything before it is acknowledged
    int highest; // end of what came
    boolean open;

    Conn(IpAddress address, int port, SplittableRandom random) {
      this.address = address;
      this.port = port;
      iss = random.nextInt();
      next = iss + 1;
      base = random.nextInt();
      highest = base + (1 << 20);
    }
  }

  private final FloodKind kind;
  private final int network;
  private final IpAddress target;
  private final int port;
  private final SplittableRandom random;
  private final MptcpCrypto crypto = new MptcpCrypto();
  private final Conn[] conns;
  private final Map<Long, Conn> byEnds = new HashMap<>();
  private int token;
  private int opened;
  private boolean attacking;

  /**
   * @param own an address of the network, of 8 bits, that is the attacker's
   */
  FloodPeer(FloodKind kind, IpAddress own, IpAddress target, int port, SplittableRandom random) {
    this.kind = kind;
    this.target = target;
    this.port = port;
    this.random = random;
    network = (int) own.lo() & NETWORK;
    token = random.nextInt();
    conns = new Conn[kind.connections()];
    for (int i = 0; i < conns.length; i++) {
      conns[i] = new Conn(IpAddress.ofV4(network | 0x10000 + i), 10_000 + i, random);
      byEnds.put(ends(conns[i].address, conns[i].port), conns[i]);
    }
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private static long ends(IpAddress address, int port) {
    return address.lo() << 16 | port;
  }

  int size() {
    return conns.length;
  }

  int opened() {
    return opened;
  }

  /** Whether all connections are open. */
  boolean isOpen() {
    return opened == conns.length;
  }

  /** Whether the other end should send for a while before the attack. */
  boolean fills() {
    return kind == FloodKind.SACK && opened > 0;
  }

  /** From now on nothing that comes is acknowledged. */
  void attack() {
    attacking = true;
  }

  private TxSegment from(Conn conn, TxSegment into) {
    into.clear();
    return into.src(conn.address).srcPort(conn.port).dst(target).dstPort(port);
  }

  /** The SYN of a connection; false when that is open. */
  boolean syn(int index, TxSegment into) {
    Conn conn = conns[index];
    if (conn.open) {
      return false;
    }
    from(conn, into).seq(conn.iss).flags(TcpFlags.SYN).window(FULL_WINDOW);
    into.options().mss(1460);
    into.options().sackPermittedAlone();
    into.options().windowScale(SCALE);
    if (kind == FloodKind.JOIN) {
      into.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    }
    return true;
  }

  /** The reset of a connection, so that nothing of it stays; false when that is not open. */
  boolean reset(int index, TxSegment into) {
    Conn conn = conns[index];
    from(conn, into).seq(conn.next).flags(TcpFlags.RST);
    return conn.open;
  }

  /** The answer to a segment, if one is due. */
  boolean onSegment(RxSegment seen, TxSegment into) {
    Conn conn = byEnds.get(ends(seen.dst(), seen.dstPort()));
    if (conn == null || seen.rst()) {
      return false;
    }
    if (seen.syn()) {
      return established(conn, seen, into);
    }
    int end = seen.seq() + seen.payloadLength();
    if (Seq32.gt(end, conn.highest)) {
      conn.highest = end;
    }
    if (kind != FloodKind.SACK || attacking || seen.payloadLength() == 0) {
      return false;
    }
    conn.base = conn.highest;
    ack(conn, into);
    return true;
  }

  private boolean established(Conn conn, RxSegment seen, TxSegment into) {
    boolean asks = !conn.open && (kind == FloodKind.SACK || kind == FloodKind.SLOW);
    if (!conn.open) {
      opened++;
      conn.open = true;
      conn.base = seen.seq() + 1;
      conn.highest = conn.base;
    }
    ack(conn, into);
    MpCapable capable = seen.options().mptcp(MpCapable.class);
    if (capable != null) {
      token = crypto.token(capable.senderKey());
      into.options().mptcp(MpCapable.ack(MpCapable.HMAC_SHA256, KEY, capable.senderKey()));
    }
    if (asks) {
      into.addPayload(ASK, 0, 1);
      conn.next = conn.iss + 2;
    }
    return true;
  }

  private void ack(Conn conn, TxSegment into) {
    from(conn, into).seq(conn.next).ack(conn.base).flags(TcpFlags.ACK).window(FULL_WINDOW);
  }

  /** The next segment of the flood. */
  void next(TxSegment into) {
    switch (kind) {
      case SYN, CAPABLE, JOIN, ACK, RST -> fromAnybody(into);
      case TINY -> {
        Conn conn = any();
        ack(conn, into);
        into.seq(conn.iss + 2 + 2 * random.nextInt(30_000));
        into.addPayload(BYTE, 0, 1);
      }
      case SACK -> {
        Conn conn = any();
        ack(conn, into);
        int flight = Math.max(8, conn.highest - conn.base);
        into.options().sack(3);
        for (int i = 0; i < 3; i++) {
          int at = conn.base + 1 + random.nextInt(flight - 2);
          into.options().sackBlock(at, at + 1);
        }
      }
      case SLOW -> {
        ack(any(), into);
        into.window(0);
      }
    }
  }

  private Conn any() {
    return conns[random.nextInt(conns.length)];
  }

  private void fromAnybody(TxSegment into) {
    into.clear();
    into.src(IpAddress.ofV4(network | 1 << 20 | random.nextInt(~NETWORK)));
    into.srcPort(random.nextInt(1, 1 << 16)).dst(target).dstPort(port);
    into.seq(random.nextInt()).window(random.nextInt(1, 1 << 16));
    switch (kind) {
      case ACK -> into.ack(random.nextInt()).flags(TcpFlags.ACK);
      case RST -> into.flags(TcpFlags.RST);
      default -> into.flags(TcpFlags.SYN);
    }
    if (kind == FloodKind.CAPABLE) {
      into.options().mss(1460);
      into.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    } else if (kind == FloodKind.JOIN) {
      into.options().mss(1460);
      into.options().mptcp(new MpJoinSyn(false, 1 + random.nextInt(200), token, random.nextInt()));
    } else if (kind == FloodKind.SYN) {
      into.options().mss(1460);
      into.options().sackPermitted();
      into.options().timestamps(random.nextInt(), 0);
      into.options().windowScale(SCALE);
    }
  }
}
