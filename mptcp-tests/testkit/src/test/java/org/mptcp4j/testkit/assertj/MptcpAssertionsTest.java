package org.mptcp4j.testkit.assertj;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;
import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;
import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThatThrownBy;
import static org.mptcp4j.testkit.segment.SegmentMatcher.segment;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.segment.SegmentLog;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpJoinSyn;

class MptcpAssertionsTest {
  private static final LinkProfile PATH = LinkProfile.of(10_000_000, millis(10));

  private final SimWorld world = new SimWorld(1);
  private final SimStack client = world.stack("client");
  private final SimStack server = world.stack("server");
  private final SegmentLog log = world.log(client);
  private Listener listener;
  private Endpoint c;

  @BeforeEach
  void transfer() {
    world.path(client, server, PATH);
    world.priority(Priority.BACKUP).path(client, server, PATH);
    listener = server.listen(80);
    c = client.connect(server, 80).send(3000);
    world.require("it arrives", () -> listener.received() == 3000, seconds(5));
    world.runFor(seconds(1));
  }

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  @Test
  void whatIsTrueHolds() {
    assertThat(c)
        .isMptcp()
        .isOpen()
        .hasSubflows(2)
        .hasNoReinjections()
        .hasNothingUnacknowledged()
        .subflow(0)
        .isEstablished()
        .isNotStale()
        .hasLocal(c.info().subflows().get(0).local())
        .hasRemote(server.at(0, 80))
        .leavesBy(0)
        .carriedData()
        .hasNoRetransmissions();
    assertThat(c.socket()).subflow(1).isBackup().leavesBy(1);
    assertThat(client).counted("MPTcpExtMPJoinSynTx").didNotCount("MPTcpExtMPFailTx");
    assertThat(log)
        .sentInOrder(
            segment().flags(SYN).option(MpCapable.class),
            segment().flag(ACK).option(MpCapable.class),
            segment().flags(SYN).option(MpJoinSyn.class, "as backup", MpJoinSyn::backup))
        .receivedInOrder(segment().flags(SYN, ACK), segment().option(DssOption.class))
        .sent(2, segment().flags(SYN))
        .received(segment().flags(ACK))
        .didNotSend(segment().flag(FIN))
        .didNotReceive(segment().flag(RST));
    assertThat(log.sent().get(0)).is(segment().seq(0)).isNot(segment().flag(ACK));
    c.abort();
    world.requireAllClosed(seconds(120));
    assertThat(c).isClosedWith(SocketError.ECONNABORTED);
    assertThat(server).isEmpty();
    assertThat(log).sent(segment().option(MpFastclose.class));
  }

  @Test
  void aWrongClaimAboutAConnectionDescribesIt() {
    assertThatThrownBy(() -> assertThat(c).isPlainTcp())
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "[client to /10.1.0.2:80] expected protocol TCP, seen MPTCP, of\n  connection 1")
        .hasMessageContaining("\n    subflow 0 10.1.0.1:")
        .hasMessageContaining("\n    subflow 1 10.2.0.1:");
    assertThatThrownBy(() -> assertThat(c).hasSubflows(3))
        .hasMessageContaining("expected number of subflows 3, seen 2, of");
    assertThatThrownBy(() -> assertThat(c).subflow(7))
        .hasMessageContaining("expected subflow 7 among [0, 1] true, seen false, of");
    assertThatThrownBy(() -> assertThat(c).isClosed())
        .hasMessageContaining("expected state CLOSED, seen OPEN, of");
    assertThatThrownBy(() -> assertThat(c).hasScheduler("blest"))
        .hasMessageContaining("expected scheduler blest, seen lowest-rtt, of");
    assertThatThrownBy(() -> assertThat(c).usesChecksums())
        .hasMessageContaining("expected use of DSS checksums true, seen false, of");
  }

  @Test
  void aWrongClaimAboutASubflowDescribesIt() {
    assertThatThrownBy(() -> assertThat(c).subflow(0).isBackup())
        .hasMessageStartingWith(
            "[client to /10.1.0.2:80] expected backup true, seen false, of\n  subflow 0 10.1.0.1:");
    assertThatThrownBy(() -> assertThat(c).subflow(1).carriedData())
        .hasMessageContaining("expected data sent true, seen false, of\n  subflow 1");
    assertThatThrownBy(() -> assertThat(c).subflow(0).hasRetransmissions())
        .hasMessageContaining("expected retransmissions true, seen false, of");
  }

  @Test
  void aWrongClaimAboutAStackShowsItsCounters() {
    assertThatThrownBy(() -> assertThat(client).hasCounter("MPTcpExtMPJoinSynTx", 5))
        .hasMessageStartingWith(
            "expected MPTcpExtMPJoinSynTx 5, seen 1, of client, whose counters are {");
    assertThatThrownBy(() -> assertThat(client).isEmpty()).hasMessageContaining("no flow left");
  }

  @Test
  void aWrongClaimAboutSegmentsShowsThem() {
    assertThatThrownBy(() -> assertThat(log).sentInOrder(segment().flags(SYN), segment().flag(RST)))
        .hasMessageStartingWith(
            "number 2 of 2 was not sent in its turn: segment with flags RST among them\n"
                + "  0.000000 s");
    assertThatThrownBy(() -> assertThat(log).didNotSend(segment().flags(SYN)))
        .hasMessageStartingWith("not expected: segment with flags SYN\n  0.000000 s 10.1.0.1:");
    assertThatThrownBy(() -> assertThat(log).sent(7, segment().flags(SYN)))
        .hasMessageStartingWith("expected 7 times segment with flags SYN, not 2\nclient sent ");
    assertThatThrownBy(() -> assertThat(log.sent().get(0)).is(segment().flags(SYN, ACK)))
        .hasMessageStartingWith(
            """
            the segment is not as expected
                     expected  seen
            ! flags  SYN|ACK   SYN
              in 0.000000 s\
            """);
  }
}
