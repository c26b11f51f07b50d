package org.mptcp4j.testkit.packetdrill;

import java.util.Map;

/** The numbers of errors, as SO_ERROR gives them. */
final class Errno {
  private static final Map<String, Long> NUMBERS =
      Map.ofEntries(
          Map.entry("", 0L),
          Map.entry("EAGAIN", 11L),
          Map.entry("EFAULT", 14L),
          Map.entry("EPIPE", 32L),
          Map.entry("EPROTO", 71L),
          Map.entry("ENOPROTOOPT", 92L),
          Map.entry("EADDRINUSE", 98L),
          Map.entry("EADDRNOTAVAIL", 99L),
          Map.entry("ENETUNREACH", 101L),
          Map.entry("ECONNABORTED", 103L),
          Map.entry("ECONNRESET", 104L),
          Map.entry("ENOBUFS", 105L),
          Map.entry("ESHUTDOWN", 108L),
          Map.entry("ETIMEDOUT", 110L),
          Map.entry("ECONNREFUSED", 111L),
          Map.entry("EHOSTUNREACH", 113L));

  private Errno() {}

  /** The number of an error; 0 for the empty name. */
  static long number(String name) {
    return NUMBERS.getOrDefault(name, -1L);
  }

  /** All of them by name. */
  static Map<String, Long> numbers() {
    return NUMBERS;
  }

  /** The name behind a number. */
  static String name(long number) {
    return NUMBERS.entrySet().stream()
        .filter(e -> e.getValue() == number)
        .map(e -> e.getKey().isEmpty() ? "no error" : e.getKey())
        .findFirst()
        .orElse("unknown error");
  }
}
