package org.mptcp4j.testkit.packetdrill;

import java.util.Map;
import java.util.Optional;

/** Names of Linux that code compares the variables of {@code tcp_info} with. */
final class CodeConstants {
  static final long TCPI_OPT_TIMESTAMPS = 1;
  static final long TCPI_OPT_SACK = 2;
  static final long TCPI_OPT_WSCALE = 4;
  static final long TCPI_OPT_SYN_DATA = 32;

  private static final Map<String, Long> VALUES =
      Map.of(
          "TCP_CA_Open", 0L,
          "TCP_CA_Disorder", 1L,
          "TCP_CA_CWR", 2L,
          "TCP_CA_Recovery", 3L,
          "TCP_CA_Loss", 4L,
          "TCPI_OPT_TIMESTAMPS", TCPI_OPT_TIMESTAMPS,
          "TCPI_OPT_SACK", TCPI_OPT_SACK,
          "TCPI_OPT_WSCALE", TCPI_OPT_WSCALE,
          "TCPI_OPT_SYN_DATA", TCPI_OPT_SYN_DATA);

  private CodeConstants() {}

  /** The number behind a name, if it is one of these. */
  static Optional<Object> of(Token name) {
    return Optional.ofNullable(VALUES.get(name.text()));
  }
}
