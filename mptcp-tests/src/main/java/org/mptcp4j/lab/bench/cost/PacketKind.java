package org.mptcp4j.lab.bench.cost;

import java.util.Arrays;
import java.util.function.Predicate;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** Packets that a peer may send because they are dear, and the ordinary one beside which. */
enum PacketKind {
  IN_ORDER("1,448 bytes in order", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      v.deliver(in.data(v, v.sndNxt(), SEGMENT));
      v.sent(SEGMENT);
    }
  },
  PURE_ACK("ACK that says nothing new", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      v.deliver(v.segment(TcpFlags.ACK, v.sndNxt()));
    }
  },
  SACK_TINY("SACK of four blocks of a byte", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.ACK, v.sndNxt());
      s.options().sack(4);
      for (int b = 0; b < 4; b++) {
        int at = v.una() + 3 + (i * 7919 + b * 350_003) % 1_500_000;
        s.options().sackBlock(at, at + 1);
      }
      v.deliver(s);
    }
  },
  SACK_WIDE("SACK of a block over everything", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.ACK, v.sndNxt());
      s.options().sack(1);
      s.options().sackBlock(v.una() + 1, v.una() + 1_500_000 + i);
      v.deliver(s);
    }
  },
  OLD_DATA("1,448 bytes that have come", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      v.deliver(in.data(v, Math.max(1, v.sndNxt() - SEGMENT), SEGMENT));
    }
  },
  FRONT_PIECE("a byte before all that wait", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      v.deliver(in.data(v, Situation.HOLE_BYTES - 2L * i - 10, 1));
    }
  },
  MIDDLE_PIECE("a byte between those that wait", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      v.deliver(in.data(v, Situation.piece(4000 + i % 2000) + 25 + 2 * (i / 2000), 1));
    }
  },
  OVERLAP("60,000 bytes over those that wait", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      v.deliver(in.data(v, Situation.piece(i % 10_000), 60_000));
    }
  },
  OPTIONS("40 bytes of one-byte options", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.ACK, v.sndNxt());
      byte[] two = new byte[38];
      for (int k = 0; k < two.length; k += 2) {
        two[k] = (byte) 200;
        two[k + 1] = 2;
      }
      s.options().bytes().writeByte(1).writeByte(1).writeBytes(two);
      v.deliver(s);
    }
  },
  REPEATED_PRIO("MP_PRIO ten times", PacketKind.WORK, Situation::isMptcp) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.ACK, v.sndNxt());
      for (int k = 0; k < 10; k++) {
        s.options().mptcp(MpPrio.ofSubflow((i + k) % 2 == 0));
      }
      v.deliver(s);
    }
  },
  REPEATED_DSS("DSS twice, the first mapping old data", PacketKind.WORK, Situation::isMptcp) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.ACK, v.sndNxt());
      s.options().dss(Dss.MAP, 0, (int) v.dsn(1), 1, 100);
      s.options().dss(Dss.MAP, 0, (int) v.dsn(50), 50, 100);
      v.deliver(s);
    }
  },
  FAR_MAPPING("a mapping without data, between others", PacketKind.WORK, Situation::isMptcp) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.ACK, v.sndNxt());
      long at = Situation.piece(i % 4000) + 22;
      s.options().dss(Dss.MAP | Dss.DSN64, 0, v.dsn(at), (int) at, 1);
      v.deliver(s);
    }
  },
  RESET_BESIDE("RST beside the exact number", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      v.deliver(v.segment(TcpFlags.RST, v.sndNxt() + 5L));
    }
  },
  SYN_INSIDE("SYN within the connection", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      v.deliver(v.segment(TcpFlags.SYN, v.sndNxt()));
    }
  },
  STRANGER("ACK of an unknown flow", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      v.deliver(v.segment(TcpFlags.ACK, i).srcPort(v.newPort()));
    }
  },
  ICMP("ICMP too big about the connection", PacketKind.WORK, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment ours = new TxSegment();
      ours.src(Victim.STACK).srcPort(Victim.PORT).dst(Victim.PEER);
      ours.dstPort(v.port()).seq(v.una()).flags(TcpFlags.ACK);
      Packet quoted = new Packet();
      ours.encodeInto(quoted, v.allocator());
      v.deliver(
          IcmpError.encode(
              IcmpError.Kind.PACKET_TOO_BIG, 1400, Victim.PEER, quoted.header(), v.allocator()));
      quoted.release();
    }
  },
  ANNOUNCEMENT("ADD_ADDR with a wrong HMAC", PacketKind.STATE, Situation::isMptcp) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.ACK, v.sndNxt());
      option(s, new AddAddr(false, i & 255, IpAddress.ofV4(0x0a000000 + i), 0, 1234));
      v.deliver(s);
    }
  },
  TWO_ANNOUNCEMENTS("ADD_ADDR twice, wrong HMACs", PacketKind.STATE, Situation::isMptcp) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.ACK, v.sndNxt());
      option(s, new AddAddr(false, i & 255, IpAddress.ofV4(0x0a000000 + i), 0, 1234));
      option(s, new AddAddr(false, i & 255, IpAddress.ofV4(0x0a000001 + i), 0, 1234));
      v.deliver(s);
    }
  },
  SYN("SYN", PacketKind.STATE, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.SYN, i).srcPort(v.newPort());
      s.options().mss(1460);
      v.deliver(s);
    }
  },
  SYN_CAPABLE("SYN with MP_CAPABLE", PacketKind.STATE, s -> true) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.SYN, i).srcPort(v.newPort());
      option(s, MpCapable.syn(MpCapable.HMAC_SHA256));
      v.deliver(s);
    }
  },
  SYN_JOIN("SYN with MP_JOIN, right token", PacketKind.STATE, Situation::isMptcp) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.SYN, i).srcPort(v.newPort());
      option(s, new MpJoinSyn(false, 1, (int) v.token(), i));
      v.deliver(s);
    }
  },
  SYN_JOIN_WRONG("SYN with MP_JOIN, wrong token", PacketKind.WORK, Situation::isMptcp) {
    @Override
    void deliver(Situation in, Victim v, int i) {
      TxSegment s = v.segment(TcpFlags.SYN, i).srcPort(v.newPort());
      option(s, new MpJoinSyn(false, 1, (int) v.token() + 1, i));
      v.deliver(s);
    }
  };

  /** How many times an ordinary segment a packet may cost. */
  static final int WORK = 20;

  /** The same for what creates state or needs an HMAC. */
  static final int STATE = 60;

  static final int SEGMENT = 1448;

  private final String title;
  private final int bound;
  private final Predicate<Situation> applies;

  PacketKind(String title, int bound, Predicate<Situation> applies) {
    this.title = title;
    this.bound = bound;
    this.applies = applies;
  }

  String title() {
    return title;
  }

  int bound() {
    return bound;
  }

  static PacketKind[] of(Situation situation) {
    return Arrays.stream(values())
        .filter(k -> k.applies.test(situation))
        .toArray(PacketKind[]::new);
  }

  private static void option(TxSegment s, MptcpOption option) {
    s.options().mptcp(option);
  }

  /** Gives the victim packet number {@code i} of this kind. */
  abstract void deliver(Situation in, Victim v, int i);
}
