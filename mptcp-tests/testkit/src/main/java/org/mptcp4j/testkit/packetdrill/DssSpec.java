package org.mptcp4j.testkit.packetdrill;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MptcpOption;

/**
 * {@code dss dack8=3 dsn8=1 ssn=1 dll=100 nocs fin}.
 *
 * @param place where it stands
 * @param text as written
 * @param flags bits of {@link Dss}
 * @param dataAck the data acknowledgment, if its value is written
 * @param dsn where the mapping begins, if its value is written
 * @param ssn the relative subflow sequence number
 * @param dataLength the data-level length
 * @param checksum whether there is one
 * @param checksumValue its value; empty for the right one
 */
record DssSpec(
    Place place,
    String text,
    int flags,
    Optional<MptcpValue> dataAck,
    Optional<MptcpValue> dsn,
    OptionalLong ssn,
    OptionalInt dataLength,
    Checksum checksum,
    OptionalInt checksumValue)
    implements MptcpSpec {

  /** What a script says about the checksum of a mapping. */
  enum Checksum {
    /** Nothing. */
    NOT_SAID,
    /** {@code nocs}. */
    NONE,
    /** {@code cksum}. */
    PRESENT
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }

  @Override
  public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
    MptcpSession session = flow.session();
    long ack = has(Dss.ACK) ? acknowledged(flow) : 0;
    if (!has(Dss.MAP)) {
      return new DssOption(flags, narrow(ack, Dss.ACK64), 0, 0, 0, DssOption.NO_CHECKSUM);
    }
    int fin = has(Dss.DATA_FIN) ? 1 : 0;
    int mapped = dataLength.orElse(segment.length() + fin);
    long begin =
        dsn.map(v -> v.dsn(flow.names(), session.remoteDsn(place, 0)))
            .orElseGet(() -> session.remoteDsn(place, session.remoteNext()));
    session.receivedUpTo(begin - session.remoteDsn(place, 0) + mapped);
    long noData = segment.length() == 0 && fin == 1 ? 0 : segment.seq();
    int number = (int) ssn.orElse(noData);
    int sum = DssOption.NO_CHECKSUM;
    if (checksum == Checksum.PRESENT) {
      sum = checksumValue.orElseGet(() -> right(begin, number, mapped));
    }
    return new DssOption(
        flags, narrow(ack, Dss.ACK64), narrow(begin, Dss.DSN64), number, mapped, sum);
  }

  private long acknowledged(Flow flow) {
    MptcpSession session = flow.session();
    return dataAck
        .map(v -> v.dsn(flow.names(), session.localDsn(place, 0)))
        .orElseGet(() -> session.localDsn(place, session.localNext()));
  }

  private long narrow(long value, int wideFlag) {
    return has(wideFlag) ? value : value & 0xffff_ffffL;
  }

  @Override
  public boolean fits(MptcpOption actual, Flow flow) {
    if (!(actual instanceof DssOption sent) || sent.flags() != flags) {
      return false;
    }
    MptcpSession session = flow.session();
    if (has(Dss.MAP)) {
      long from = sent.dsn() - narrow(session.localDsn(place, 0), Dss.DSN64);
      session.sentUpTo((has(Dss.DSN64) ? from : from & 0xffff_ffffL) + sent.length());
    }
    return is(dataAck, sent.dataAck(), Dss.ACK64, flow, session.remoteDsn(place, 0))
        && is(dsn, sent.dsn(), Dss.DSN64, flow, session.localDsn(place, 0))
        && (!has(Dss.MAP) || mappingFits(sent, flow));
  }

  private boolean is(
      Optional<MptcpValue> wanted, long actual, int wideFlag, Flow flow, long initial) {
    return wanted
        .map(v -> narrow(v.dsn(flow.names(), initial), wideFlag) == actual)
        .orElse(Boolean.TRUE);
  }

  private boolean mappingFits(DssOption sent, Flow flow) {
    return (ssn.isEmpty() || (int) ssn.getAsLong() == sent.ssn())
        && (dataLength.isEmpty() || dataLength.getAsInt() == sent.length())
        && checksumFits(sent, flow);
  }

  private boolean checksumFits(DssOption sent, Flow flow) {
    return switch (checksum) {
      case NOT_SAID -> true;
      case NONE -> !sent.hasChecksum();
      case PRESENT -> sent.hasChecksum() && sum(sent, flow) == sent.checksum();
    };
  }

  private int sum(DssOption sent, Flow flow) {
    long begin =
        has(Dss.DSN64)
            ? sent.dsn()
            : flow.session().localDsn(place, 0)
                + (int) (sent.dsn() - flow.session().localDsn(place, 0));
    return checksumValue.orElseGet(() -> right(begin, sent.ssn(), sent.length()));
  }

  /** The checksum over zeros. RFC 8684 section 3.3.1: that of an infinite mapping is 0. */
  private static int right(long begin, int ssn, int length) {
    return length == 0 ? 0 : DssChecksum.compute(begin, ssn, length, 0);
  }
}
