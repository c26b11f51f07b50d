package org.mptcp4j.fuzz;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RxSegment;

/** What the peer learns from the segments of the stack, and what it holds against them. */
final class Arrivals {
  private final StackRun run;

  Arrivals(StackRun run) {
    this.run = run;
  }

  void onSegment(FuzzFlow flow, RxSegment s) {
    if (s.syn() && !flow.irsKnown) {
      flow.irs = s.seq();
      flow.irsKnown = true;
      flow.came.add(0, 1);
    }
    if (s.rst()) {
      reset(flow, s);
      return;
    }
    if (s.options().hasTimestamps()) {
      flow.timestampToEcho = s.options().tsVal();
    }
    if (s.hasAck()) {
      acknowledgement(flow, s);
    }
    if (s.syn()) {
      handshake(flow, s);
    } else {
      learn(flow, s);
    }
  }

  private static long near(long around, int low) {
    return around + (low - (int) around);
  }

  private void acknowledgement(FuzzFlow flow, RxSegment s) {
    long ack = near(flow.acked, s.ack() - flow.iss);
    long sent = Math.max(flow.sentMax, flow.finSeq + 1);
    run.require(
        flow.untracked || ack <= sent, () -> flow + ": ACK " + ack + " of " + sent + " sent");
    run.require(
        !flow.forged || flow.untracked || ack <= 1 || !flow.session.mptcp,
        () -> flow + " joined with a wrong HMAC, and its data is acknowledged");
    flow.acknowledged(ack);
  }

  private void reset(FuzzFlow flow, RxSegment s) {
    Session session = flow.session;
    boolean ours = session.app == null || session.app.leaves();
    boolean excused =
        !session.innocent
            || session.slow
            || ours
            || flow.mayDie
            || flow.leftUnmapped()
            || flow.life != FuzzFlow.Life.UP;
    MpTcpRst why = s.options().mptcp(MpTcpRst.class);
    run.require(excused, () -> flow + " did nothing wrong and is reset: " + why);
    flow.life = FuzzFlow.Life.DEAD;
  }

  private void handshake(FuzzFlow flow, RxSegment s) {
    Session session = flow.session;
    flow.timestamps &= s.options().hasTimestamps();
    MpCapable capable = s.options().mptcp(MpCapable.class);
    boolean opens = flow.first && session.localFlags != 0 && !flow.untracked;
    if (opens && capable != null && capable.hasSenderKey()) {
      session.keys(capable.senderKey());
      session.mptcp = true;
      session.checksum = ((capable.flags() | session.localFlags) & 0x80) != 0;
    }
    MpJoinSyn join = s.options().mptcp(MpJoinSyn.class);
    if (join != null) {
      flow.remoteNonce = join.nonce();
    }
    MpJoinSynAck answer = s.options().mptcp(MpJoinSynAck.class);
    if (answer != null && session.mptcp) {
      flow.remoteNonce = answer.nonce();
      long right = FuzzFlow.first64(flow.hmacOfStack());
      run.require(
          flow.untracked || answer.truncatedHmac() == right,
          () -> flow + ": HMAC of the SYN/ACK is wrong");
    }
  }

  private void learn(FuzzFlow flow, RxSegment s) {
    Session session = flow.session;
    keysAndHmac(flow, s);
    complaint(flow, s);
    Dss dss = s.options().dss();
    if (session.mptcp && dss.present() && dss.hasAck()) {
      dataAck(session, session.relativeAck(dss.dataAck(), dss.ack64()));
    }
    long seq = near(flow.came.firstMissing(0), s.seq() - flow.irs);
    if (s.payloadLength() > 0) {
      if (!session.mptcp) {
        check(session, s, seq);
      } else if (dss.present() && dss.hasMapping() && dss.length() > 0) {
        mapped(flow, s, dss, seq);
      } else {
        unmapped(flow, s, seq);
      }
      flow.came.add(seq, seq + s.payloadLength());
    }
    if (session.mptcp && dss.present() && dss.dataFin() && dss.length() > 0) {
      stackEnds(session, session.relativeDsn(dss.dsn(), dss.dsn64()) + dss.length() - 1);
    }
    if (s.fin()) {
      flow.stackFin = seq + s.payloadLength();
      if (!session.mptcp) {
        stackEnds(session, flow.stackFin);
      }
    }
  }

  private void keysAndHmac(FuzzFlow flow, RxSegment s) {
    Session session = flow.session;
    MpCapable capable = s.options().mptcp(MpCapable.class);
    if (capable != null && capable.hasReceiverKey() && session.stackOpened && flow.first) {
      session.keys(capable.senderKey());
      run.require(
          capable.receiverKey() == session.localKey,
          () -> flow + ": the third ACK has not our key");
    }
    MpJoinAck join = s.options().mptcp(MpJoinAck.class);
    if (join != null && session.mptcp && !flow.first) {
      byte[] right = Arrays.copyOf(flow.hmacOfStack(), MpJoinAck.HMAC_LENGTH);
      run.require(
          flow.untracked || join.equals(MpJoinAck.of(right)),
          () -> flow + ": HMAC of the ACK is wrong");
    }
  }

  /** RFC 8684 section 3.7: MP_FAIL is for wrong checksums, and mappings that are missing. */
  private void complaint(FuzzFlow flow, RxSegment s) {
    Session session = flow.session;
    boolean right = session.innocent && session.checksum && !flow.bare && !flow.untracked;
    run.require(
        !right || s.options().mptcp(MpFail.class) == null,
        () -> flow + ": MP_FAIL, and every checksum was right");
  }

  private void dataAck(Session session, long ack) {
    long sent = session.sent.firstMissing(1);
    long most = sent == session.finDsn ? sent + 1 : sent;
    run.require(
        !session.contentKnown || ack <= most,
        () -> "session " + session.number + ": DATA_ACK " + ack + " of " + most + " sent");
    session.finAcked |= session.finDsn == sent && ack > sent;
    session.dataAcked = Math.max(session.dataAcked, ack);
  }

  private void mapped(FuzzFlow flow, RxSegment s, Dss dss, long seq) {
    Session session = flow.session;
    long dsn = session.relativeDsn(dss.dsn(), dss.dsn64());
    long ssn = Integer.toUnsignedLong(dss.ssn());
    int length = dss.length() - (dss.dataFin() ? 1 : 0);
    run.require(
        seq >= ssn && seq + s.payloadLength() <= ssn + length,
        () ->
            flow
                + ": payload "
                + seq
                + "+"
                + s.payloadLength()
                + " outside of its mapping "
                + ssn
                + "+"
                + length);
    if (session.checksum && length == s.payloadLength() && seq == ssn) {
      int sum = InternetChecksum.sum(s.buf(), s.payloadIndex(), length);
      long raw = session.rawAck(dsn);
      run.require(
          dss.hasChecksum()
              && DssChecksum.verify(raw, dss.ssn(), dss.length(), sum, dss.checksum()),
          () -> flow + ": the checksum of a mapping is wrong");
    }
    if (!rides(session, s, dss, dsn)) {
      check(session, s, dsn + (seq - ssn));
    }
  }

  /**
   * A DATA_FIN with a byte, for paths that take no options without: it stands for one that has been
   * acknowledged, and says nothing.
   */
  private static boolean rides(Session session, RxSegment s, Dss dss, long dsn) {
    return dss.dataFin() && s.payloadLength() == 1 && dsn + 1 == session.stackFin;
  }

  private void unmapped(FuzzFlow flow, RxSegment s, long seq) {
    MpCapable capable = s.options().mptcp(MpCapable.class);
    if (capable != null && capable.hasDataLength()) {
      check(flow.session, s, seq); // RFC 8684 section 3.1: the first data is numbered as the flow
      return;
    }
    run.require(!flow.session.innocent || flow.untracked, () -> flow + ": data without mapping");
  }

  /** The bytes are those that the application wrote. */
  private void check(Session session, RxSegment s, long dsn) {
    int length = s.payloadLength();
    ByteBuf payload = s.buf().slice(s.payloadIndex(), length);
    int wrong = session.fromStack.mismatch(payload, dsn - 1);
    run.require(
        wrong < 0,
        () -> "session " + session.number + ": byte " + (dsn + wrong) + " is not what was written");
    long written = session.app == null ? 0 : session.app.written();
    run.require(
        session.app == null || dsn + length - 1 <= written,
        () -> "session " + session.number + " sends " + (dsn + length - 1) + " of " + written);
    session.came.add(dsn, dsn + length);
  }

  private void stackEnds(Session session, long fin) {
    long written = session.app == null ? 0 : session.app.written();
    run.require(
        session.app == null || !session.contentKnown || fin == written + 1,
        () -> "session " + session.number + " ends at " + fin + " after " + written + " bytes");
    session.stackFin = fin;
  }
}
