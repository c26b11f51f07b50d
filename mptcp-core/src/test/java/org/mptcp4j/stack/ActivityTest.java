package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.stack.TwoHosts.SERVER_V4;
import static org.mptcp4j.stack.TwoHosts.SERVER_V6;
import static org.mptcp4j.stack.TwoHosts.at;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.Activity;
import org.mptcp4j.api.Activity.By;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.info.FallbackReason;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.sim.Middlebox;
import org.mptcp4j.link.sim.OptionStripper;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.wire.InternetChecksum;

/** What a stack tells of what it does: one line of a log, and one typed event, for each thing. */
class ActivityTest {
  @RegisterExtension private final CapturedLog log = new CapturedLog();

  private static List<String> lines(List<Activity> activities) {
    return activities.stream().map(Activity::text).toList();
  }

  /** A client writes the first word to a server that listens. */
  private static MptcpSocket greet(TwoHosts hosts) throws MptcpException {
    hosts.server.listen(at(SERVER_V4, 7), 1);
    MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
    hosts.write(socket, "hello");
    return socket;
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.1.2, 10\\.0\\.1\\.1:\\d+ > 10\\.0\\.1\\.2:7, 10.0.1.2:7",
    "fd00:1::2, \\[fd00:1::1]:\\d+ > \\[fd00:1::2]:7, [fd00:1::2]:7"
  })
  void theLifeOfAConnection(String host, String ends, String at) throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      MptcpServerSocket server = hosts.server.listen(at(host, 7), 1);
      MptcpSocket socket = hosts.client.connect(0, at(host, 7));
      hosts.write(socket, "hello");
      hosts.await(() -> hosts.received.length() == 5);
      socket.close();
      hosts.wake();
      hosts.await(() -> hosts.serverEvents.contains(StackEvent.Type.CLOSED));
      hosts.net.runFor(SimNetwork.seconds(1));
      server.close();
      List<String> client = lines(hosts.clientActivities);
      assertThat(client.get(0)).matches("connection 1 " + ends + ": connecting");
      assertThat(client.get(1)).matches("connection 1 " + ends + ": subflow 0 " + ends + " up");
      assertThat(client.get(2)).matches("connection 1 " + ends + ": connected, MPTCP");
      assertThat(client.subList(3, client.size()))
          .hasSize(2)
          .anyMatch(line -> line.matches("connection 1 " + ends + ": closed"))
          .anyMatch(line -> line.matches("connection 1 .*: subflow 0 .* down, FINISHED"));
      List<String> atServer = lines(hosts.serverActivities);
      assertThat(atServer)
          .startsWith("listening on " + at)
          .endsWith("no longer listening on " + at)
          .anyMatch(line -> line.matches("connection 1 .*: accepted, MPTCP"))
          .anyMatch(line -> line.matches("connection 1 .*: closed"));
      assertThat(hosts.serverActivities).allMatch(a -> a.level() == Activity.Level.DEBUG);
    }
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void whatFailsSaysWhy(MptcpMode mode) throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.builder().mptcp(mode).build())) {
      hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.await(() -> hosts.clientEvents.contains(StackEvent.Type.CONNECT_FAILED));
      assertThat(hosts.clientActivities)
          .hasAtLeastOneElementOfType(Activity.Connecting.class)
          .anyMatch(a -> a instanceof Activity.Closed c && c.error() == SocketError.ECONNREFUSED)
          .noneMatch(a -> a instanceof Activity.Connected);
    }
  }

  @Test
  void aStackThatClosesTellsOfItsConnections() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      greet(hosts);
      hosts.await(() -> hosts.received.length() == 5);
      hosts.client.close();
      assertThat(hosts.clientActivities)
          .anyMatch(a -> a instanceof Activity.Closed c && c.error() == SocketError.ESHUTDOWN);
    }
  }

  @Test
  void aFallbackHasAReason() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.link.backward().middlebox(OptionStripper.mptcpOnSyn());
      greet(hosts);
      hosts.await(() -> hosts.received.length() == 5);
      assertThat(hosts.clientActivities)
          .anyMatch(
              a -> a instanceof Activity.FellBack f && f.reason() == FallbackReason.PEER_DECLINED);
      assertThat(hosts.serverActivities)
          .anyMatch(
              a ->
                  a instanceof Activity.FellBack f
                      && f.reason() == FallbackReason.NO_KEYS_IN_ACK
                      && f.level() == Activity.Level.INFO
                      && f.text().endsWith(": fell back to TCP, NO_KEYS_IN_ACK"));
    }
  }

  @Test
  void aSilentPathIsStaleAndComesBack() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      MptcpSocket socket = greet(hosts);
      hosts.await(() -> hosts.received.length() == 5);
      hosts.link.blackhole();
      hosts.write(socket, " you");
      hosts.net.runFor(SimNetwork.seconds(3));
      assertThat(lines(hosts.clientActivities)).last().asString().endsWith(" stale");
      hosts.link.restore();
      hosts.await(() -> hosts.received.length() == 9);
      assertThat(lines(hosts.clientActivities)).last().asString().endsWith(" back");
      assertThat(hosts.clientActivities)
          .filteredOn(a -> a instanceof Activity.SubflowStale)
          .hasSize(1);
    }
  }

  @Test
  void addressesAreAnnouncedAndWithdrawn() throws Exception {
    StackConfig config = StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      greet(hosts);
      hosts.await(() -> hosts.clientEvents.contains(StackEvent.Type.ANNOUNCED));
      hosts.server.removeAddress(hosts.net.nowNs(), IpAddress.of(at(SERVER_V6, 0).getAddress()));
      hosts.wake();
      hosts.await(() -> hosts.clientEvents.contains(StackEvent.Type.REMOVED));
      assertThat(hosts.serverActivities)
          .anyMatch(
              a ->
                  a instanceof Activity.AddressAnnounced n
                      && n.by() == By.US
                      && n.address().equals(at(SERVER_V6, 7)))
          .anyMatch(a -> a instanceof Activity.AddressWithdrawn w && w.by() == By.US);
      assertThat(hosts.clientActivities)
          .anyMatch(
              a ->
                  a instanceof Activity.AddressAnnounced n
                      && n.by() == By.PEER
                      && n.address().equals(at(SERVER_V6, 7)))
          .anyMatch(a -> a instanceof Activity.AddressWithdrawn w && w.by() == By.PEER);
    }
  }

  @Test
  void aJoinAtALimitIsRefusedAndTold() throws Exception {
    StackConfig config =
        StackConfig.builder().mptcp(m -> m.announceAddresses(true).maxSubflowsAccepted(0)).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      greet(hosts);
      hosts.await(() -> hosts.server.counters().containsKey("MPTcpExtMPJoinRejected"));
      assertThat(hosts.serverActivities)
          .anyMatch(a -> a instanceof Activity.JoinRefused r && r.reason().equals("TOO_MANY"))
          .contains(new Activity.LimitReached("MPTcpExtMPJoinRejected"));
    }
  }

  @Test
  void anAddressTooManyIsTold() throws Exception {
    StackConfig config =
        StackConfig.builder().mptcp(m -> m.announceAddresses(true).maxAcceptedAddresses(0)).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      greet(hosts);
      hosts.await(() -> hosts.client.counters().containsKey("MPTcpExtAddAddrDrop"));
      assertThat(hosts.clientActivities).contains(new Activity.LimitReached("MPTcpExtAddAddrDrop"));
    }
  }

  @Test
  void aWrongChecksumIsTold() throws Exception {
    StackConfig config = StackConfig.builder().mptcp(m -> m.checksumRequired(true)).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      MptcpSocket socket = greet(hosts);
      hosts.await(() -> hosts.received.length() == 5);
      hosts.link.forward().middlebox(ActivityTest::flip);
      hosts.write(socket, "changed on its way");
      hosts.net.runFor(SimNetwork.seconds(1));
      assertThat(hosts.serverActivities)
          .anyMatch(
              a -> a instanceof Activity.ChecksumFailed c && c.level() == Activity.Level.INFO);
    }
  }

  /** Changes the last byte of what has a payload, and makes TCP's checksum fit. */
  private static Middlebox.Verdict flip(long nowNs, Packet packet) {
    ByteBuf data = packet.header();
    int ip = data.readerIndex();
    int tcp = ip + 20;
    int payload = tcp + (data.getUnsignedByte(tcp + 12) >>> 4) * 4;
    if (data.writerIndex() > payload) {
      int before = InternetChecksum.sum(data, payload, data.writerIndex() - payload);
      data.setByte(payload, data.getByte(payload) ^ 1);
      int after = InternetChecksum.sum(data, payload, data.writerIndex() - payload);
      int checksum = data.getUnsignedShort(tcp + 16);
      data.setShort(tcp + 16, InternetChecksum.update(checksum, before, after));
    }
    return Middlebox.Verdict.FORWARD;
  }

  @Test
  void limitsAreToldSomeTimesASecond() throws Exception {
    StackConfig config = StackConfig.builder().limits(l -> l.connections(1)).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      hosts.link.blackhole();
      hosts.client.connect(0, at(SERVER_V4, 7));
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> hosts.client.connect(0, at(SERVER_V4, 7)))
            .isInstanceOf(MptcpException.class);
      }
      Activity limit = new Activity.LimitReached("StackConnectionLimit");
      assertThat(hosts.clientActivities).filteredOn(limit::equals).hasSize(5);
      hosts.net.runFor(SimNetwork.seconds(1));
      assertThatThrownBy(() -> hosts.client.connect(hosts.net.nowNs(), at(SERVER_V4, 7)))
          .isInstanceOf(MptcpException.class);
      assertThat(hosts.clientActivities).filteredOn(limit::equals).hasSize(6);
    }
  }

  @Test
  void linksGoDownAndComeUp() {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.client.setLinkState(0, 0, LinkState.DOWN);
      hosts.client.setLinkState(0, 0, LinkState.DOWN);
      hosts.client.setLinkState(0, 0, LinkState.UP);
      assertThat(hosts.clientActivities)
          .containsExactly(new Activity.LinkDown(0), new Activity.LinkUp(0));
      assertThat(log.take()).singleElement().asString().endsWith("link 0 is down");
    }
  }
}
