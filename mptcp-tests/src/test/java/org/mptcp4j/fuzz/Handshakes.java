package org.mptcp4j.fuzz;

import org.mptcp4j.fuzz.FuzzFlow.Life;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** How connections and subflows begin: RFC 8684 sections 3.1 and 3.2, right or wrong. */
final class Handshakes {
  private static final int FIRST_PORT = 40_000;
  private static final int MOST_FLOWS = 24;
  private static final int SHIFT = 7;

  private final StackRun run;
  private final FuzzInput in;

  Handshakes(StackRun run, FuzzInput in) {
    this.run = run;
    this.in = in;
  }

  private StackRun.Ends toServer(int link) {
    int port = FIRST_PORT + run.flows.size();
    return new StackRun.Ends(
        run.stackAddress(link), StackRun.LISTEN_PORT, run.peerAddress(link), port, link);
  }

  /** The peer opens a connection, as far as the input says. */
  void connect() {
    int kind = in.u8();
    if (run.flows.size() >= MOST_FLOWS) {
      return;
    }
    Session session = run.session(false);
    int link = kind >> 3 & 1;
    FuzzFlow flow = run.flow(session, toServer(link), true, Life.SYN_SENT);
    if ((kind & 3) != 0) {
      session.localFlags =
          MpCapable.HMAC_SHA256 | ((kind & 4) != 0 ? MpCapable.CHECKSUM_REQUIRED : 0);
    }
    TxSegment syn = syn(flow, TcpFlags.SYN, kind);
    if (session.localFlags != 0) {
      syn.options().mptcp(MpCapable.syn(session.localFlags));
    }
    run.send(syn);
    if (!flow.irsKnown) {
      return;
    }
    switch (kind >> 6) {
      case 0, 1 -> thirdAck(flow, 0);
      case 2 -> thirdAck(flow, 1 + in.u8());
      default -> {
        // it stays half open
      }
    }
  }

  private TxSegment syn(FuzzFlow flow, int flags, int kind) {
    TxSegment syn = flow.segment(flags, 0);
    syn.options().mss(run.v6 ? 1440 : 1460);
    if ((kind & 16) != 0) {
      syn.options().sackPermitted();
    }
    if ((kind & 32) != 0) {
      flow.timestamps = true;
      syn.options().timestamps(run.clockMs(), flow.timestampToEcho);
    }
    if ((kind & 8) != 0) {
      flow.scale = SHIFT;
      syn.options().windowScale(SHIFT);
    }
    return syn;
  }

  /** The third segment, with data when there are some. RFC 8684 section 3.1. */
  private void thirdAck(FuzzFlow flow, int bytes) {
    Session session = flow.session;
    flow.life = Life.UP;
    TxSegment ack = flow.ackSegment();
    if (!session.mptcp) {
      run.send(ack);
      return;
    }
    if (bytes == 0) {
      ack.options().mptcp(MpCapable.ack(session.localFlags, session.localKey, session.remoteKey));
      run.send(ack);
      return;
    }
    flow.layOutNew(bytes);
    MpCapable option =
        MpCapable.data(session.localFlags, session.localKey, session.remoteKey, bytes);
    if (session.checksum) {
      session.guilty(); // a mapping without the checksum that was agreed
    }
    ack.options().mptcp(option);
    flow.mapped.add(1, 1 + bytes);
    flow.known.add(1, 1 + bytes);
    flow.sendPayload(ack, 1, bytes);
  }

  /** The peer joins: SYN, SYN/ACK, ACK and the ACK of that, as far as the input says. */
  void join() {
    int kind = in.u8();
    Session session = session(in.u8());
    if (session == null || !session.mptcp || run.flows.size() >= MOST_FLOWS) {
      return;
    }
    int link = kind >> 3 & 1;
    StackRun.Ends ends = toServer(link);
    FuzzFlow flow = run.flow(session, ends, false, Life.SYN_SENT);
    flow.addressId = in.u8() & 3;
    TxSegment syn = syn(flow, TcpFlags.SYN, kind);
    int token = MptcpKeys.token(session.remoteKey) + ((kind & 7) == 7 ? 1 : 0);
    boolean backup = (kind & 4) != 0;
    syn.options().mptcp(new MpJoinSyn(backup, flow.addressId, token, flow.localNonce));
    run.send(syn);
    if (!flow.irsKnown || flow.life == Life.DEAD || (kind >> 6) == 3) {
      return;
    }
    thirdOfJoin(flow, (kind >> 6) == 2);
  }

  private void thirdOfJoin(FuzzFlow flow, boolean wrong) {
    byte[] hmac = flow.hmac();
    if (wrong) {
      hmac[in.u8() % MpJoinAck.HMAC_LENGTH] ^= 1;
    }
    long others = flow.session.flows.stream().filter(f -> f.life == Life.UP).count();
    flow.life = Life.UP;
    flow.mayDie = wrong || others >= run.subflowLimit();
    flow.forged = wrong;
    TxSegment ack = flow.ackSegment();
    ack.options().mptcp(MpJoinAck.of(hmac));
    run.send(ack);
    run.require(
        !wrong || !run.hasTurn() || flow.life == Life.DEAD,
        () -> flow + " joined with a wrong HMAC, and is not reset");
  }

  private Session session(int n) {
    return run.sessions.isEmpty() ? null : run.sessions.get(n % run.sessions.size());
  }

  /** The application opens a connection, and the peer has its SYN. */
  void stackConnects() {
    int kind = in.u8();
    if (run.flows.size() < MOST_FLOWS) {
      run.connect(kind >> 3 & 1, (kind & 3) != 0);
    }
  }

  /** The peer answers the SYN that has waited longest: a connection of the stack, or its join. */
  void answer() {
    int kind = in.u8();
    for (FuzzFlow flow : run.flows) {
      if (flow.life == Life.SYN_CAME) {
        answer(flow, kind);
        return;
      }
    }
  }

  private void answer(FuzzFlow flow, int kind) {
    Session session = flow.session;
    if ((kind >> 6) == 3) {
      flow.life = Life.DEAD;
      session.guilty();
      run.send(flow.segment(TcpFlags.RST | TcpFlags.ACK, 0));
      return;
    }
    TxSegment s = syn(flow, TcpFlags.SYN | TcpFlags.ACK, kind & ~32);
    flow.life = Life.UP;
    if (!flow.first) {
      byte[] hmac = flow.hmac();
      if ((kind >> 6) == 2) {
        hmac[0] ^= 1;
        flow.mayDie = true;
        flow.forged = true;
      }
      long first = FuzzFlow.first64(hmac);
      s.options().mptcp(new MpJoinSynAck(false, flow.addressId, first, flow.localNonce));
    } else if (session.localFlags != 0 && (kind & 3) != 0) {
      int flags = MpCapable.HMAC_SHA256 | ((kind & 4) != 0 ? MpCapable.CHECKSUM_REQUIRED : 0);
      session.checksum = ((flags | session.localFlags) & MpCapable.CHECKSUM_REQUIRED) != 0;
      session.mptcp = true;
      s.options().mptcp(MpCapable.synAck(flags, session.localKey));
    }
    run.send(s);
    if (session.ready()) {
      flow.ack();
    }
  }
}
