package org.mptcp4j.testkit.peer;

import static org.mptcp4j.testkit.segment.SegmentMatcher.segment;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RemoveAddr;

/**
 * A subflow of a {@link PeerConnection}: a flow whose acknowledgements carry a DATA_ACK, and whose
 * {@link #data} is mapped.
 */
public final class PeerSubflow extends PeerFlow {
  /** A mapping that came: what its first byte is in the data stream. */
  private record Mapping(long dsn, int length) {}

  private final PeerConnection connection;
  private final TreeMap<Long, Mapping> mappings = new TreeMap<>();
  private final int localNonce;
  private int remoteNonce;
  private int addressId;

  PeerSubflow(PeerConnection connection, Route route) {
    super(connection.peer(), route);
    this.connection = connection;
    this.localNonce = connection.peer().random().nextInt();
    this.addressId = connection.peer().addresses().indexOf(route.local());
  }

  /** Whose subflow it is. */
  public PeerConnection connection() {
    return connection;
  }

  /** Names its address by that id in MP_JOIN; the number of the address unless told. */
  public PeerSubflow addressId(int id) {
    addressId = id;
    return this;
  }

  // ---- MP_CAPABLE

  // RFC 8684 section 3.1: SYN, SYN/ACK and ACK carry MP_CAPABLE; the ACK has both keys.
  void connectFirst() {
    int flags = connection.localFlags();
    craft().flags(SYN).mss(route().mss()).option(MpCapable.syn(flags)).send();
    expect(segment().flags(SYN, ACK).ack(1).option(MpCapable.class));
    craft().option(MpCapable.ack(flags, connection.localKey(), connection.remoteKey())).send();
  }

  void acceptFirst() {
    segment().flags(SYN).option(MpCapable.class).check(received().get(0));
    craft()
        .flags(SYN, ACK)
        .mss(route().mss())
        .option(MpCapable.synAck(connection.localFlags(), connection.localKey()))
        .send();
    expect(
        segment()
            .flag(ACK)
            .ack(1)
            .option(
                MpCapable.class, "with both keys", o -> o.receiverKey() == connection.localKey()));
  }

  // ---- MP_JOIN: RFC 8684 section 3.2

  /** Sends the SYN of a join, with the token of the other end. */
  public void joinSyn() {
    int token = MptcpKeys.token(connection.remoteKey());
    MpJoinSyn join = new MpJoinSyn(false, addressId, token, localNonce);
    craft().flags(SYN).mss(route().mss()).option(join).send();
  }

  /** Expects the SYN/ACK of a join, with the right HMAC. */
  public void expectJoinSynAck() {
    expect(
        segment()
            .flags(SYN, ACK)
            .ack(1)
            .option(
                MpJoinSynAck.class,
                "with the right HMAC",
                o -> o.truncatedHmac() == first64(connection.remoteHmac(localNonce, o.nonce()))));
  }

  /** Sends the third segment of a join, with the right HMAC. */
  public void joinAck() {
    joinAck(localHmac());
  }

  /** Sends the third segment of a join, with an HMAC that may be wrong. */
  public void joinAck(byte[] hmac) {
    craft().option(MpJoinAck.of(hmac)).send();
  }

  /** Expects the acknowledgement of the third segment of a join. */
  public void expectAckOfJoin() {
    expect(segment().flags(ACK).ack(1));
  }

  /** Answers the SYN of a join, with the right HMAC. */
  public void joinSynAck() {
    joinSynAck(localHmac());
  }

  /** Answers the SYN of a join, with an HMAC that may be wrong. */
  public void joinSynAck(byte[] hmac) {
    MpJoinSynAck answer = new MpJoinSynAck(false, addressId, first64(hmac), localNonce);
    craft().flags(SYN, ACK).mss(route().mss()).option(answer).send();
  }

  /** Expects the third segment of a join, with the right HMAC. */
  public void expectJoinAck() {
    byte[] right =
        Arrays.copyOf(connection.remoteHmac(localNonce, remoteNonce), MpJoinAck.HMAC_LENGTH);
    expect(segment().flags(ACK).ack(1).option(MpJoinAck.of(right)));
  }

  /**
   * The HMAC of this end for the nonces of both, all 32 bytes: of a SYN/ACK the first 8 count, of
   * an ACK the first 20.
   *
   * @return a new array, to be spoilt as a test likes
   */
  public byte[] localHmac() {
    return connection.localHmac(localNonce, remoteNonce);
  }

  private static long first64(byte[] hmac) {
    return ByteBuffer.wrap(hmac).getLong();
  }

  // ---- data

  /** A segment with data, mapped to what comes next in both sequences; to be changed and sent. */
  public MappedSegment data(String latin1) {
    return data(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A segment with data, mapped to what comes next in both sequences; to be changed and sent. */
  public MappedSegment data(byte[] bytes) {
    return new MappedSegment(this, bytes.clone());
  }

  /** Acknowledges what has come in order, at both levels. */
  @Override
  public void ack() {
    craft().option(dataAck()).send();
  }

  /** A DSS that acknowledges the data that has come in order. */
  public DssOption dataAck() {
    return dataAck(connection.dataRcvNxt());
  }

  /** A DSS that acknowledges up to a data sequence number, relative. */
  public DssOption dataAck(long relative) {
    int flags = Dss.ACK | Dss.ACK64;
    long number = connection.remoteDsn(relative);
    return new DssOption(flags, number, 0, 0, 0, DssOption.NO_CHECKSUM);
  }

  /** Sends a DATA_FIN without data: the end of what this connection sends. */
  public void dataFin() {
    data("").dataFin().send();
  }

  /** Ends the subflow, with a DATA_ACK of what has come. */
  @Override
  public void fin() {
    craft().flags(FIN, ACK).option(dataAck()).send();
  }

  /** Says that the checksum of a mapping was wrong. RFC 8684 section 3.7. */
  public void mpFail(long relativeDsn) {
    craft().option(new MpFail(connection.remoteDsn(relativeDsn))).send();
  }

  /** Ends the connection at once, by an ACK with MP_FASTCLOSE. RFC 8684 section 3.5. */
  public void fastclose() {
    craft().option(new MpFastclose(connection.remoteKey())).send();
  }

  /** Ends the connection at once, by a RST with MP_FASTCLOSE. RFC 8684 section 3.5. */
  public void fastcloseByReset() {
    craft().flags(RST, ACK).option(new MpFastclose(connection.remoteKey())).send();
  }

  /** Resets the subflow and says why: a constant of {@link MpTcpRst}. RFC 8684 section 3.6. */
  public void reset(int reason) {
    craft().flags(RST, ACK).option(new MpTcpRst(0, reason)).send();
  }

  /** Announces an address, with the right HMAC; port 0 for none. RFC 8684 section 3.4.1. */
  public void announce(int addressId, IpAddress address, int port) {
    craft().option(connection.addAddr(addressId, address, port)).send();
  }

  /** Withdraws an address. RFC 8684 section 3.4.2. */
  public void withdraw(int addressId) {
    craft().option(RemoveAddr.of(addressId)).send();
  }

  // ---- what it learns

  @Override
  void learn(WireSegment s) {
    s.mptcp(MpCapable.class).ifPresent(o -> learn(s, o));
    s.mptcp(MpJoinSyn.class).ifPresent(o -> remoteNonce = o.nonce());
    s.mptcp(MpJoinSynAck.class).ifPresent(o -> remoteNonce = o.nonce());
    s.mptcp(DssOption.class).filter(DssOption::hasMapping).ifPresent(this::learn);
    byte[] bytes = s.payload();
    int done = 0;
    while (done < bytes.length) {
      done += receive(s.seq() + done, bytes, done);
    }
  }

  private void learn(WireSegment s, MpCapable o) {
    connection.learn(o);
    if (o.hasDataLength()) {
      // RFC 8684 section 3.1: it maps the first data, as a DSS would.
      mappings.put(1L, new Mapping(1, o.dataLength()));
    }
  }

  private void learn(DssOption o) {
    long dsn = connection.relative(o, (o.flags() & Dss.DSN64) != 0);
    int length = o.length() - (o.dataFin() ? 1 : 0);
    if (length > 0) {
      mappings.put(Integer.toUnsignedLong(o.ssn()), new Mapping(dsn, length));
    }
    if (o.dataFin()) {
      connection.receiveDataFin(dsn + length);
    }
  }

  /** Gives the bytes that one mapping covers to the connection; answers how many it looked at. */
  private int receive(long seq, byte[] bytes, int from) {
    Map.Entry<Long, Mapping> entry = mappings.floorEntry(seq);
    long offset = entry == null ? 0 : seq - entry.getKey();
    if (entry == null || offset >= entry.getValue().length()) {
      return bytes.length - from; // not mapped: the data level does not have it
    }
    int length = (int) Math.min(bytes.length - from, entry.getValue().length() - offset);
    connection.receive(
        entry.getValue().dsn() + offset, Arrays.copyOfRange(bytes, from, from + length));
    return length;
  }
}
