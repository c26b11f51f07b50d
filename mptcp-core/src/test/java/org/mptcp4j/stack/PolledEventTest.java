package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackEvent;

class PolledEventTest {
  private final PolledEvent event = new PolledEvent();

  @Test
  void anEventThatWasNotPolledHasNothing() {
    assertThatIllegalStateException().isThrownBy(event::type).withMessageContaining("a type");
    event.setAcceptable(some(MptcpServerSocket.class));
    event.clear();
    assertThatIllegalStateException().isThrownBy(event::type);
    assertThatIllegalStateException().isThrownBy(event::server);
  }

  @Test
  void whatIsAboutAServerHasNoSocket() {
    MptcpServerSocket server = some(MptcpServerSocket.class);
    event.setAcceptable(server);
    assertThat(event.type()).isEqualTo(StackEvent.Type.ACCEPTABLE);
    assertThat(event.server()).isSameAs(server);
    assertThatIllegalStateException().isThrownBy(event::socket).withMessageContaining("ACCEPTABLE");
  }

  @Test
  void eachTypeHasWhatItIsAbout() {
    InetSocketAddress address = new InetSocketAddress("10.0.0.1", 80);
    event.set(StackEvent.Type.ANNOUNCED, some(MptcpSocket.class), address);
    assertThat(event.address()).isEqualTo(address);
    assertThat(event.copy().address()).isEqualTo(address);
    assertThatIllegalStateException().isThrownBy(event::subflow).withMessageContaining("a subflow");
    assertThatIllegalStateException().isThrownBy(event::server);
    event.set(StackEvent.Type.READABLE, some(MptcpSocket.class), SocketError.NONE);
    assertThatIllegalStateException().isThrownBy(event::address);
    assertThat(event.error()).isEqualTo(SocketError.NONE);
  }

  /** One that nothing is asked but who it is. */
  private static <T> T some(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> method.getReturnType() == long.class ? (Object) 7L : null));
  }
}
