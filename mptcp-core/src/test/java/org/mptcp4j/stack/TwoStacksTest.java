package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.stack.TwoHosts.SERVER_V4;
import static org.mptcp4j.stack.TwoHosts.SERVER_V6;
import static org.mptcp4j.stack.TwoHosts.at;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.StackUsage;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.sched.LowestRtt;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.SchedulerSession;

/** Two stacks back to back, in virtual time. */
class TwoStacksTest {
  private static final StackUsage NOTHING = StackUsage.NOTHING;

  @RegisterExtension private final CapturedLog log = new CapturedLog();

  @ParameterizedTest
  @CsvSource({
    "10.0.1.2, ENABLED, MPTCP",
    "fd00:1::2, ENABLED, MPTCP",
    "10.0.1.2, DISABLED, TCP",
    "fd00:1::2, DISABLED, TCP",
  })
  void connectEchoAndClose(String host, MptcpMode mode, Protocol protocol) throws Exception {
    StackConfig config = StackConfig.builder().mptcp(mode).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      hosts.server.listen(at("0.0.0.0", 7), 10);
      MptcpSocket socket = hosts.client.connect(0, at(host, 7));
      assertThat(socket.state()).isEqualTo(MptcpSocket.State.CONNECTING);
      hosts.write(socket, "hello ");
      hosts.await(() -> hosts.received.toString().equals("hello "));
      assertThat(socket.state()).isEqualTo(MptcpSocket.State.OPEN);
      assertThat(socket.info().protocol()).isEqualTo(protocol);
      assertThat(hosts.accepted.get(0).remoteAddress()).isEqualTo(socket.localAddress());
      hosts.write(socket, "world");
      socket.shutdownOutput();
      hosts.await(socket::endOfStream);
      assertThat(hosts.received).hasToString("hello world");
      socket.close();
      hosts.wake();
      hosts.await(() -> hosts.clientEvents.contains(StackEvent.Type.CLOSED));
      hosts.await(() -> hosts.server.usage().connections() == 0);
      assertThat(socket.state()).isEqualTo(MptcpSocket.State.CLOSED);
      assertThat(socket.error()).isEqualTo(SocketError.NONE);
      hosts.net.runFor(SimNetwork.seconds(130));
      assertThat(hosts.client.usage()).isEqualTo(NOTHING);
      assertThat(hosts.server.usage()).isEqualTo(NOTHING);
      assertThat(hosts.clientEvents)
          .startsWith(StackEvent.Type.CONNECTED)
          .endsWith(StackEvent.Type.CLOSED);
      assertThat(hosts.client.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void theSameRunTwiceGivesTheSamePackets() throws Exception {
    assertThat(traceOfOneRun()).isEqualTo(traceOfOneRun());
  }

  private static long traceOfOneRun() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.server.listen(at(SERVER_V4, 7), 10);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.write(socket, "x".repeat(100_000));
      hosts.await(() -> hosts.received.length() == 100_000);
      socket.close();
      hosts.wake();
      hosts.await(() -> hosts.clientEvents.contains(StackEvent.Type.CLOSED));
      return hosts.net.traceHash();
    }
  }

  @Test
  void aPortThatNobodyListensOnRefuses() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.await(() -> hosts.clientEvents.contains(StackEvent.Type.CONNECT_FAILED));
      assertThat(socket.error()).isEqualTo(SocketError.ECONNREFUSED);
      assertThat(hosts.clientEvents).containsExactly(StackEvent.Type.CONNECT_FAILED);
      assertThat(hosts.client.usage()).isEqualTo(NOTHING);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 20, 3", "120, 2, 7"})
  void aPeerThatNeverAnswersTimesOut(int timeout, int retries, int seconds) throws Exception {
    StackConfig config = StackConfig.builder().tcp(t -> t.synRetries(retries)).build();
    SocketOptions options =
        SocketOptions.builder().connectTimeout(Duration.ofSeconds(timeout)).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      hosts.link.blackhole();
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7), options);
      hosts.write(socket, "lost");
      hosts.await(() -> hosts.clientEvents.contains(StackEvent.Type.CONNECT_FAILED));
      assertThat(socket.error()).isEqualTo(SocketError.ETIMEDOUT);
      assertThat(hosts.net.nowNs()).isEqualTo(SimNetwork.seconds(seconds).toNanos());
      assertThat(hosts.client.usage()).isEqualTo(NOTHING);
    }
  }

  @Test
  void aFullStackRefusesMore() throws Exception {
    StackConfig config =
        StackConfig.builder().limits(Limits.builder().connections(2).build()).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.client.connect(0, at(SERVER_V6, 7));
      assertThatThrownBy(() -> hosts.client.connect(0, at(SERVER_V4, 7)))
          .isInstanceOfSatisfying(
              MptcpException.class, e -> assertThat(e.error()).isEqualTo(SocketError.ENOBUFS));
      assertThat(hosts.client.counters()).containsEntry("StackConnectionLimit", 1L);
    }
  }

  @Test
  void theBacklogIsBounded() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.accepting = false;
      MptcpServerSocket listener = hosts.server.listen(at(SERVER_V4, 7), 2);
      for (int i = 0; i < 4; i++) {
        hosts.client.connect(0, at(SERVER_V4, 7));
      }
      hosts.net.runFor(SimNetwork.seconds(0.1));
      // As Linux: third ACKs for which there is no room are as if lost.
      assertThat(hosts.server.usage().connections()).isEqualTo(4);
      assertThat(hosts.client.usage().connections()).isEqualTo(4);
      assertThat(hosts.server.counters())
          .containsEntry("TcpExtListenOverflows", 2L)
          .containsEntry("TcpExtListenDrops", 2L);
      MptcpSocket late = hosts.client.connect(hosts.net.nowNs(), at(SERVER_V4, 7));
      hosts.net.runFor(SimNetwork.seconds(0.1));
      assertThat(late.state()).isEqualTo(MptcpSocket.State.CONNECTING);
      assertThat(hosts.server.counters()).containsEntry("TcpExtListenDrops", 3L);
      assertThat(listener.accept()).isNotNull();
      assertThat(listener.accept()).isNotNull();
      assertThat(listener.accept()).isNull();
      // The SYN/ACKs are repeated, and whoever comes first when there is room gets in.
      for (int i = 0; i < 3; i++) {
        hosts.await(() -> listener.accept() != null);
      }
      assertThat(late.state()).isEqualTo(MptcpSocket.State.OPEN);
    }
  }

  @Test
  void closingAListenerLetsAcceptedConnectionsGoOn() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      MptcpServerSocket listener = hosts.server.listen(at(SERVER_V4, 7), 2);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.await(() -> hosts.accepted.size() == 1);
      listener.close();
      hosts.write(socket, "still here");
      hosts.await(() -> hosts.received.toString().equals("still here"));
      MptcpSocket late = hosts.client.connect(hosts.net.nowNs(), at(SERVER_V4, 7));
      hosts.wake();
      hosts.await(() -> late.state() == MptcpSocket.State.CLOSED);
      assertThat(late.error()).isEqualTo(SocketError.ECONNREFUSED);
    }
  }

  @Test
  void anAbortIsAResetForThePeer() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.server.listen(at(SERVER_V4, 7), 2);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.await(() -> hosts.accepted.size() == 1);
      socket.abort();
      hosts.wake();
      hosts.await(() -> hosts.accepted.get(0).state() == MptcpSocket.State.CLOSED);
      assertThat(hosts.accepted.get(0).error()).isEqualTo(SocketError.ECONNRESET);
      assertThat(socket.error()).isEqualTo(SocketError.ECONNABORTED);
      hosts.await(() -> hosts.server.usage().connections() == 0);
    }
  }

  @Test
  void whatFlowsCountForThemselvesIsInTheSnapshot() throws Exception {
    StackConfig config = StackConfig.builder().mptcp(MptcpMode.DISABLED).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      hosts.server.listen(at(SERVER_V4, 7), 2);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.await(() -> hosts.accepted.size() == 1);
      hosts.link.blackhole();
      hosts.write(socket, "late");
      hosts.net.runFor(SimNetwork.seconds(0.3));
      hosts.link.restore();
      hosts.await(() -> hosts.received.length() == 4);
      assertThat(hosts.client.counters()).containsKeys("TcpRetransSegs", "TcpExtTCPTimeouts");
      socket.abort();
      hosts.wake();
      hosts.await(() -> hosts.client.usage().flows() == 0);
      assertThat(hosts.client.counters()).containsKeys("TcpRetransSegs", "TcpExtTCPTimeouts");
    }
  }

  private static final class Defect extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Defect() {
      super("made by a test", null, false, false);
    }
  }

  /** A scheduler with a defect, in the first connection only. */
  private static final class Broken implements Scheduler {
    private boolean first = true;

    @Override
    public String name() {
      return "broken";
    }

    @Override
    public SchedulerSession newSession() {
      if (!first) {
        return new LowestRtt().newSession();
      }
      first = false;
      return (nowNs, connection) -> {
        throw new Defect();
      };
    }
  }

  @Test
  void aDefectClosesOneConnectionAndNoOther() throws Exception {
    try (TwoHosts hosts =
        new TwoHosts(StackConfig.defaults(), builder -> builder.scheduler(new Broken()))) {
      hosts.server.listen(at(SERVER_V4, 7), 2);
      MptcpSocket bad = hosts.client.connect(0, at(SERVER_V4, 7));
      MptcpSocket good = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.write(bad, "never arrives");
      hosts.write(good, "arrives");
      hosts.await(() -> hosts.received.toString().equals("arrives"));
      assertThat(bad.state()).isEqualTo(MptcpSocket.State.CLOSED);
      assertThat(bad.error()).isEqualTo(SocketError.ESHUTDOWN);
      assertThat(bad.read()).isNull();
      assertThat(hosts.client.counters()).containsEntry("StackInternalErrors", 1L);
      assertThat(hosts.clientEvents).contains(StackEvent.Type.CLOSED);
      assertThat(log.take())
          .singleElement()
          .asString()
          .contains("closing connection", "because of a defect");
    }
  }

  @Test
  void aClosedStackIsQuiet() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.server.listen(at(SERVER_V4, 7), 2);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.write(socket, "x".repeat(10_000));
      hosts.await(() -> hosts.received.length() > 0);
      hosts.client.close();
      assertThat(socket.error()).isEqualTo(SocketError.ESHUTDOWN);
      assertThat(socket.writableBytes()).isZero();
      socket.close();
      assertThatThrownBy(() -> hosts.client.connect(0, at(SERVER_V4, 7)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
      assertThat(hosts.client.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
    }
  }
}
