package org.mptcp4j.testkit.packetdrill;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.MptcpOption;

/** Options that say one thing: priority, failure, and the end. */
sealed interface SignalSpec extends MptcpSpec {

  /** {@code mp_prio backup=1}. */
  record Priority(Place place, String text, boolean backup, OptionalInt addressId)
      implements SignalSpec {
    private MpPrio option() {
      return new MpPrio(backup, addressId.orElse(MpPrio.NO_ADDRESS_ID));
    }

    @Override
    public int length() {
      return option().encodedLength();
    }

    @Override
    public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
      return option();
    }

    @Override
    public boolean fits(MptcpOption actual, Flow flow) {
      return option().equals(actual);
    }
  }

  /** {@code mp_fastclose}: the key is that of who receives it. */
  record Fastclose(Place place, String text, OptionalLong key) implements SignalSpec {
    @Override
    public int length() {
      return MpFastclose.LENGTH;
    }

    @Override
    public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
      return new MpFastclose(key.orElseGet(() -> flow.session().localKey(place)));
    }

    @Override
    public boolean fits(MptcpOption actual, Flow flow) {
      return new MpFastclose(key.orElseGet(() -> flow.session().remoteKey(place))).equals(actual);
    }
  }

  /** {@code mp_fail dsn8=1}: where the mapping began that failed. */
  record Fail(Place place, String text, Optional<MptcpValue> dsn) implements SignalSpec {
    @Override
    public int length() {
      return MpFail.LENGTH;
    }

    @Override
    public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
      MptcpSession session = flow.session();
      return new MpFail(
          dsn.map(v -> v.dsn(flow.names(), session.localDsn(place, 0)))
              .orElseGet(() -> session.localDsn(place, session.localNext())));
    }

    @Override
    public boolean fits(MptcpOption actual, Flow flow) {
      return actual instanceof MpFail sent
          && dsn.map(v -> v.dsn(flow.names(), flow.session().remoteDsn(place, 0)) == sent.dsn())
              .orElse(Boolean.TRUE);
    }
  }

  /** {@code mp_reset 1}: the reason of a reset. */
  record Reset(Place place, String text, int reason, int flags) implements SignalSpec {
    @Override
    public int length() {
      return MpTcpRst.LENGTH;
    }

    @Override
    public MptcpOption build(Flow flow, PacketSpec.TcpSpec segment) {
      return new MpTcpRst(flags, reason);
    }

    @Override
    public boolean fits(MptcpOption actual, Flow flow) {
      return new MpTcpRst(flags, reason).equals(actual);
    }
  }
}
