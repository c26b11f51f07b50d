package org.mptcp4j.testkit.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.testkit.byhand.MptcpCbByHand.subflowOf;

import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.mptcp.PathEvent;
import org.mptcp4j.testkit.byhand.MptcpCbByHand;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.TcpFlags;

/** One MPTCP control block without a stack around it, stepped by hand. */
class OneControlBlockTest {
  private final MptcpCbByHand mptcp = MptcpCbByHand.established(ConnectionConfig.defaults());

  @AfterEach
  void close() {
    mptcp.close();
  }

  // RFC 8684 section 3.3.1: each byte has a number of its own beside that of the subflow.
  @Test
  void aWriteIsMapped() {
    mptcp.writes("hello");
    WireSegment data = mptcp.sent().get(0);
    assertThat(data.payload()).asString().isEqualTo("hello");
    assertThat(data.options().dss().dsn()).isEqualTo(mptcp.localIdsn() + 1);
    assertThat(data.options().dss().ssn()).isEqualTo(1);
    mptcp.arrives(0, s -> s.options().dssAck64(mptcp.localIdsn() + 6));
    assertThat(mptcp.meta().bytesAcked()).isEqualTo(5);
  }

  // RFC 8684 section 3.3.6: what one subflow could not deliver goes out on another.
  @Test
  void whatASilentSubflowCarriedGoesOutOnAnother() {
    mptcp.writes("hello");
    assertThat(subflowOf(mptcp.sent().get(0))).isZero();
    int second = mptcp.joins();
    mptcp.sent();
    for (int i = 0; i < 3; i++) {
      mptcp.expires();
    }
    assertThat(mptcp.sent())
        .filteredOn(s -> subflowOf(s) == second && s.payload().length > 0)
        .isNotEmpty()
        .allMatch(s -> s.options().dss().dsn() == mptcp.localIdsn() + 1);
    assertThat(mptcp.events()).anyMatch(PathEvent.SubStale.class::isInstance);
  }

  // RFC 8684 section 3.3.3: data of two subflows is one stream.
  @Test
  void bytesOfTwoSubflowsAreOneStream() {
    int second = mptcp.joins();
    mptcp.arrives(second, mptcp.remoteIdsn() + 4, "lo");
    assertThat(mptcp.reads()).isEmpty();
    mptcp.arrives(0, mptcp.remoteIdsn() + 1, "hel");
    assertThat(mptcp.reads()).isEqualTo("hello");
  }

  // RFC 8684 section 3.3.8: the peer says how it wants a subflow to be used.
  @Test
  void thePeerMakesASubflowABackup() {
    int second = mptcp.joins();
    mptcp.arrives(second, s -> s.options().mptcp(MpPrio.ofSubflow(true)));
    assertThat(mptcp.subflow(second).remoteBackup()).isTrue();
    assertThat(mptcp.subflow(0).remoteBackup()).isFalse();
  }

  // RFC 8684 section 3.7: no option on the first data: plain TCP from now on.
  @Test
  void dataWithoutAMappingAtTheBeginningIsPlainTcp() {
    mptcp.arrives(0, s -> s.addPayload(Unpooled.wrappedBuffer(new byte[] {'o', 'k'}), 0, 2));
    assertThat(mptcp.connection().protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
    assertThat(mptcp.reads()).isEqualTo("ok");
    assertThat(mptcp.connection().cb()).isEmpty();
  }

  // RFC 8684 section 3.7: with two subflows there is no way back; the one that cannot be used ends.
  @Test
  void withTwoSubflowsTheOneWithoutMappingsEnds() {
    int second = mptcp.joins();
    mptcp.sent();
    mptcp.arrives(second, s -> s.addPayload(Unpooled.wrappedBuffer(new byte[] {'?'}), 0, 1));
    mptcp.passes(Duration.ofSeconds(2));
    List<WireSegment> resets = mptcp.sent().stream().filter(s -> s.has(TcpFlags.RST)).toList();
    assertThat(resets)
        .singleElement()
        .matches(s -> subflowOf(s) == second)
        .matches(s -> s.mptcp(MpTcpRst.class).isPresent());
    assertThat(mptcp.cb().connectionList()).hasSize(1);
  }
}
