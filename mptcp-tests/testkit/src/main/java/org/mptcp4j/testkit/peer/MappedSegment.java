package org.mptcp4j.testkit.peer;

import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.InternetChecksum;

/**
 * A segment with a DSS that is being made: payload, mapping, DATA_ACK. What a test does not set
 * follows from the subflow and its connection: the next numbers of both, a mapping of just this
 * payload, a DATA_ACK of what has come, 64-bit numbers, a checksum when one was agreed. Numbers are
 * relative.
 */
public final class MappedSegment {
  /** Where the checksum comes from. */
  private enum Sum {
    AS_AGREED,
    NONE,
    RIGHT,
    WRONG
  }

  private static final int INFINITE = 0;

  private final PeerSubflow subflow;
  private final PeerConnection connection;
  private final byte[] payload;
  private final CraftedSegment segment;
  private int flags = Dss.ACK | Dss.ACK64 | Dss.MAP | Dss.DSN64;
  private long dsn;
  private int ssn;
  private int mapped;
  private long dataAck;
  private Sum sum = Sum.AS_AGREED;

  MappedSegment(PeerSubflow subflow, byte[] payload) {
    this.subflow = subflow;
    this.connection = subflow.connection();
    this.payload = payload;
    this.segment = subflow.craft().payload(payload);
    this.dsn = connection.dataNxt();
    // RFC 8684 section 3.3.3: a DATA_FIN without data has no place in the subflow.
    this.ssn = payload.length == 0 ? 0 : (int) subflow.sndNxt();
    this.mapped = payload.length;
    this.dataAck = connection.dataRcvNxt();
  }

  /** Sent with that sequence number of the subflow. */
  public MappedSegment seq(long relative) {
    segment.seq(relative);
    return this;
  }

  /** Mapped to that data sequence number. */
  public MappedSegment dsn(long relative) {
    dsn = relative;
    return this;
  }

  /** With a mapping that begins at that sequence number of the subflow. */
  public MappedSegment ssn(int relative) {
    ssn = relative;
    return this;
  }

  /** With a mapping of so many bytes, more or fewer than the payload. */
  public MappedSegment mapped(int bytes) {
    mapped = bytes;
    return this;
  }

  /** With an infinite mapping. RFC 8684 section 3.7. */
  public MappedSegment infinite() {
    sum = Sum.NONE;
    return mapped(INFINITE);
  }

  /** With the data sequence number in 32 bits. */
  public MappedSegment dsn32() {
    flags &= ~Dss.DSN64;
    return this;
  }

  /** With the DATA_ACK in 32 bits. */
  public MappedSegment dataAck32() {
    flags &= ~Dss.ACK64;
    return this;
  }

  /** With a DATA_ACK up to that number. */
  public MappedSegment dataAck(long relative) {
    dataAck = relative;
    return this;
  }

  /** Without a DATA_ACK. */
  public MappedSegment noDataAck() {
    flags &= ~(Dss.ACK | Dss.ACK64);
    return this;
  }

  /** With a DATA_FIN behind the mapped bytes. RFC 8684 section 3.3.3. */
  public MappedSegment dataFin() {
    flags |= Dss.DATA_FIN;
    return this;
  }

  /** With the right checksum, agreed or not. */
  public MappedSegment checksum() {
    sum = Sum.RIGHT;
    return this;
  }

  /** With a wrong checksum. */
  public MappedSegment wrongChecksum() {
    sum = Sum.WRONG;
    return this;
  }

  /** Without a checksum, agreed or not. */
  public MappedSegment noChecksum() {
    sum = Sum.NONE;
    return this;
  }

  /** Sends it. The connection goes on behind the mapped bytes, unless they lie before that. */
  public void send() {
    DssOption option = option();
    segment.option(option).send();
    connection.sent(dsn, option.length());
  }

  private DssOption option() {
    boolean fin = (flags & Dss.DATA_FIN) != 0;
    int length = mapped + (fin ? 1 : 0);
    boolean ack = (flags & Dss.ACK) != 0;
    long ackNumber = ack ? narrow(connection.remoteDsn(dataAck), flags & Dss.ACK64) : 0;
    long number = narrow(connection.dsn(dsn), flags & Dss.DSN64);
    return new DssOption(flags, ackNumber, number, ssn, length, checksum(length));
  }

  private static long narrow(long number, int wideFlag) {
    return wideFlag != 0 ? number : number & 0xffff_ffffL;
  }

  // RFC 8684 section 3.3.1: over the mapped payload and a pseudo header with the 64-bit number.
  private int checksum(int length) {
    boolean agreed = sum == Sum.AS_AGREED && connection.checksums();
    if (sum == Sum.NONE || sum == Sum.AS_AGREED && !agreed) {
      return DssOption.NO_CHECKSUM;
    }
    if (mapped != payload.length && sum != Sum.WRONG) {
      throw new IllegalStateException(
          "the checksum of a mapping that is not this payload is not known: send it with"
              + " noChecksum() or wrongChecksum(), or craft() the option");
    }
    int bytes = InternetChecksum.sum(payload, 0, payload.length);
    int right = DssChecksum.compute(connection.dsn(dsn), ssn, length, bytes);
    return sum == Sum.WRONG ? right ^ 0x5555 : right;
  }
}
