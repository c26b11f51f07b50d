package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.stack.TwoHosts.SERVER_V4;
import static org.mptcp4j.stack.TwoHosts.SERVER_V6;
import static org.mptcp4j.stack.TwoHosts.at;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.MetaSockView;
import org.mptcp4j.api.MptcpKeys;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.SubflowSockView;
import org.mptcp4j.mptcp.MptcpCrypto;

/** What a socket shows of the kernel's structures, at both ends of one connection. */
class SocketViewsTest {
  private static final String TEXT = "x".repeat(5000);

  @ParameterizedTest
  @CsvSource({
    "ENABLED, " + SERVER_V4,
    "ENABLED, " + SERVER_V6,
    "DISABLED, " + SERVER_V4,
    "DISABLED, " + SERVER_V6
  })
  void bothEndsSayTheSameOfOneConnection(MptcpMode mode, String server) throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.builder().mptcp(mode).build())) {
      hosts.server.listen(at(server, 7), 10);
      MptcpSocket ours = hosts.client.connect(0, at(server, 7));
      hosts.write(ours, TEXT);
      hosts.await(() -> hosts.received.length() == TEXT.length() && isQuiet(ours));
      MptcpSocket theirs = hosts.accepted.get(0);
      MetaSockView meta = ours.meta();
      assertThat(meta.state()).isEqualTo("ESTABLISHED");
      assertThat(meta.sndNxt()).isEqualTo(meta.sndUna()).isEqualTo(meta.writeSeq());
      assertThat(meta.dataFinSent()).isFalse();
      if (mode == MptcpMode.ENABLED) {
        assertThat(meta.sndNxt()).isEqualTo(theirs.meta().rcvNxt());
        assertThat(meta.rcvNxt()).isEqualTo(theirs.meta().sndNxt());
      }
      SubflowSockView master = ours.master().orElseThrow();
      SubflowSockView other = theirs.master().orElseThrow();
      assertThat(ours.connectionList()).containsExactly(master);
      assertThat(master.id()).isZero();
      assertThat(master.state()).isEqualTo(mode == MptcpMode.ENABLED ? "ESTABLISHED" : "");
      assertThat(master.tcp().state()).isEqualTo("ESTABLISHED");
      assertThat(master.tcp().local()).isEqualTo(other.tcp().remote());
      assertThat(master.tcp().remote()).isEqualTo(other.tcp().local()).isEqualTo(at(server, 7));
      assertThat(master.tcp().sndNxt()).isEqualTo(other.tcp().rcvNxt());
      assertThat(master.tcp().sndUna()).isEqualTo(master.tcp().sndNxt());
      assertThat(master.tcp().srttNs()).isPositive();
      assertThat(ours.controlBlock().isPresent()).isEqualTo(mode == MptcpMode.ENABLED);
      assertThat(ours.keys().isPresent()).isEqualTo(mode == MptcpMode.ENABLED);
    }
  }

  private static boolean isQuiet(MptcpSocket socket) {
    return socket.meta().sndUna() == socket.meta().sndNxt()
        && socket.connectionList().stream().allMatch(s -> s.tcp().sndUna() == s.tcp().sndNxt());
  }

  // RFC 8684 section 3.2: a token is made of the key; both are of one end.
  @Test
  void tokensAndKeysAreEachOthers() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.server.listen(at(SERVER_V4, 7), 10);
      MptcpSocket ours = hosts.client.connect(0, at(SERVER_V4, 7));
      assertThat(ours.controlBlock()).isEmpty();
      assertThat(ours.keys()).isEmpty();
      assertThat(ours.meta().state()).isEqualTo("CONNECTING");
      hosts.write(ours, TEXT);
      hosts.await(() -> hosts.received.length() == TEXT.length());
      MptcpSocket theirs = hosts.accepted.get(0);
      MptcpKeys keys = ours.keys().orElseThrow();
      assertThat(theirs.keys()).contains(new MptcpKeys(keys.remote(), keys.local()));
      assertThat(keys.toString()).doesNotContain(Long.toString(keys.local()));
      assertThat(ours.controlBlock().orElseThrow())
          .satisfies(
              cb -> {
                assertThat(cb.localToken()).isEqualTo(new MptcpCrypto().token(keys.local()));
                assertThat(cb.remoteToken()).isEqualTo(new MptcpCrypto().token(keys.remote()));
                assertThat(cb.subflowsCreated()).isEqualTo(1);
                assertThat(cb.localIdsn())
                    .isEqualTo(theirs.controlBlock().orElseThrow().remoteIdsn());
              });
    }
  }

  @Test
  void theMasterStaysWhenTheConnectionIsOver() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.server.listen(at(SERVER_V4, 7), 10);
      MptcpSocket ours = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.write(ours, TEXT);
      hosts.await(() -> hosts.received.length() == TEXT.length());
      ours.shutdownOutput();
      hosts.wake();
      hosts.await(ours::endOfStream);
      assertThat(ours.meta().dataFinSent()).isTrue();
      ours.close();
      hosts.wake();
      hosts.await(() -> ours.state() == MptcpSocket.State.CLOSED);
      assertThat(ours.meta().state()).isIn("FINISHED", "CLOSED");
      assertThat(ours.meta().dataFinAcked()).isTrue();
      assertThat(ours.master().orElseThrow().id()).isZero();
    }
  }
}
