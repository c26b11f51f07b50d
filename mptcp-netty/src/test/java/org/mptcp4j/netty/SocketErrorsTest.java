package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.SocketError;

/** Types and texts that programs look for. */
class SocketErrorsTest {
  private final InetSocketAddress address;

  SocketErrorsTest() throws IOException {
    address = new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, 2}), 80);
  }

  @ParameterizedTest
  @CsvSource({
    "ECONNREFUSED, java.net.ConnectException, Connection refused",
    "ETIMEDOUT, java.net.ConnectException, Connection timed out",
    "EHOSTUNREACH, java.net.NoRouteToHostException, No route to host",
    "ENETUNREACH, java.net.NoRouteToHostException, Network is unreachable",
    "EADDRINUSE, java.net.BindException, Address already in use",
    "EADDRNOTAVAIL, java.net.BindException, Cannot assign requested address",
    "ECONNRESET, java.net.SocketException, Connection reset by peer",
    "EPROTO, java.net.SocketException, Protocol error",
    "ENOBUFS, java.net.SocketException, No buffer space available: a limit of the stack is reached",
  })
  void whenConnectFails(SocketError error, Class<?> type, String text) {
    assertThat(SocketErrors.connectException(error, address))
        .isExactlyInstanceOf(type)
        .isInstanceOf(SocketException.class)
        .hasMessage(text + ": /10.0.0.2:80");
  }

  @ParameterizedTest
  @EnumSource(
      value = SocketError.class,
      names = {"EADDRINUSE", "EADDRNOTAVAIL"})
  void whenBindFails(SocketError error) {
    assertThat(SocketErrors.bindException(error, address))
        .isExactlyInstanceOf(BindException.class)
        .hasMessage(error.description() + ": /10.0.0.2:80");
  }

  @Test
  void whenAConnectionEnds() {
    assertThat(SocketErrors.ioException(SocketError.ECONNRESET))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Connection reset by peer");
    assertThat(SocketErrors.ioException(SocketError.ETIMEDOUT))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Connection timed out");
  }

  @ParameterizedTest
  @EnumSource(SocketError.class)
  void everyTextBeginsAsThoseOfTheCLibrary(SocketError error) {
    assertThat(error.description()).matches("[A-Z][a-z].*");
    assertThat(SocketErrors.ioException(error)).isNotInstanceOf(ConnectException.class);
    assertThat(SocketErrors.ioException(error)).isNotInstanceOf(NoRouteToHostException.class);
  }
}
