package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackUsage;
import org.mptcp4j.wire.TcpFlags;

class BindingTest {
  private final MptcpStack stack =
      MptcpStack.builder()
          .seed(1)
          .config(StackConfig.builder().tcp(t -> t.ephemeralPorts(40_000, 40_003)).build())
          .link(0, 1500)
          .address(0, "10.0.1.2/24")
          .address(0, "10.0.1.3/24")
          .build();

  private static InetSocketAddress at(String host, int port) {
    return new InetSocketAddress(host, port);
  }

  private static void expect(SocketError error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(MptcpException.class, e -> assertThat(e.error()).isEqualTo(error))
        .hasMessageContaining(error.description());
  }

  @Test
  void aPortIsTakenOncePerAddress() throws Exception {
    MptcpServerSocket first = stack.listen(at("10.0.1.2", 80), 1);
    stack.listen(at("10.0.1.3", 80), 1);
    expect(SocketError.EADDRINUSE, () -> stack.listen(at("10.0.1.2", 80), 1));
    expect(SocketError.EADDRINUSE, () -> stack.listen(at("0.0.0.0", 80), 1));
    first.close();
    first.close();
    stack.listen(at("10.0.1.2", 80), 1);
  }

  @Test
  void theWildcardTakesThePortOfEveryAddress() throws Exception {
    stack.listen(at("::", 80), 1);
    expect(SocketError.EADDRINUSE, () -> stack.listen(at("10.0.1.2", 80), 1));
    expect(SocketError.EADDRINUSE, () -> stack.listen(at("0.0.0.0", 80), 1));
  }

  @Test
  void portZeroMeansAnyFreePort() throws Exception {
    for (int i = 0; i < 4; i++) {
      int port = stack.listen(at("10.0.1.2", 0), 1).localAddress().getPort();
      assertThat(port).isBetween(40_000, 40_003);
    }
    expect(SocketError.EADDRINUSE, () -> stack.listen(at("10.0.1.2", 0), 1));
    expect(SocketError.EADDRINUSE, () -> stack.connect(0, at("10.0.1.1", 80)));
  }

  @Test
  void addressesThatAreNotOurs() {
    expect(SocketError.EADDRNOTAVAIL, () -> stack.listen(at("10.0.1.77", 80), 1));
    SocketOptions from = SocketOptions.builder().localAddress(at("10.0.1.77", 0)).build();
    expect(SocketError.EADDRNOTAVAIL, () -> stack.connect(0, at("10.0.1.1", 80), from));
  }

  @Test
  void destinationsOutOfReach() {
    expect(SocketError.ENETUNREACH, () -> stack.connect(0, at("fd00::1", 80)));
    stack.setLinkState(0, 0, LinkState.DOWN);
    expect(SocketError.EHOSTUNREACH, () -> stack.connect(0, at("10.0.1.1", 80)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"224.0.0.1", "255.255.255.255", "240.1.1.1", "10.0.1.255", "127.0.0.1", "0.1.2.3"})
  void nobodyIsThere(String destination) {
    expect(SocketError.ENETUNREACH, () -> stack.connect(0, at(destination, 80)));
    assertThat(stack.usage()).isEqualTo(new StackUsage(0, 0, 0, 0));
  }

  @Test
  void misuse() {
    assertThatThrownBy(
            () -> stack.connect(0, InetSocketAddress.createUnresolved("example.org", 80)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not resolved");
    assertThatThrownBy(() -> stack.connect(0, at("10.0.1.1", 0)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> stack.connect(0, at("0.0.0.0", 80)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> stack.listen(at("10.0.1.2", 80), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("backlog");
    assertThatThrownBy(() -> MptcpStack.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("random");
  }

  @Test
  void aPortCanBeListenedOnWhileAConnectionIsBeingOpenedFromIt() throws Exception {
    // RFC 9293 section 3.9.1.1 (MUST-42): in SYN-SENT and in SYN-RECEIVED.
    RawHost peer = new RawHost(stack);
    SocketOptions from = SocketOptions.builder().localAddress(at("10.0.1.2", 5000)).build();
    stack.connect(0, at("10.0.1.1", 80), from);
    peer.expectSegment(0, s -> assertThat(s.flags()).isEqualTo(TcpFlags.SYN));
    stack.listen(at("10.0.1.2", 5000), 1).close();
    // Both open at the same time.
    peer.send(0, RawHost.segment("10.0.1.1", 80, "10.0.1.2", 5000).flags(TcpFlags.SYN));
    peer.expectSegment(0, s -> assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK));
    stack.listen(at("10.0.1.2", 5000), 1);
    // Others find the listener.
    peer.send(0, RawHost.segment("10.0.1.1", 81, "10.0.1.2", 5000).flags(TcpFlags.SYN));
    peer.expectSegment(
        0,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
          assertThat(s.dstPort()).isEqualTo(81);
        });
    stack.close();
  }
}
