package org.mptcp4j.testkit.packetdrill;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The address family in which a script runs. */
public enum IpVersion {
  /** IPv4. */
  IPV4(
      "ipv4",
      "192.168.0.1",
      "192.0.2.1",
      16,
      1500,
      Map.of("CMSG_LEVEL_IP", "SOL_IP", "CMSG_TYPE_RECVERR", "IP_RECVERR")),
  /** IPv4 on the wire, IPv6 sockets; for a stack without address families of sockets, IPv4. */
  IPV4_MAPPED(
      "ipv4-mapped-ipv6",
      "192.168.0.1",
      "192.0.2.1",
      16,
      1500,
      Map.of("CMSG_LEVEL_IP", "SOL_IPV6", "CMSG_TYPE_RECVERR", "IPV6_RECVERR")),
  /** IPv6, on a link that leaves segments the size that they have with IPv4. */
  IPV6(
      "ipv6",
      "fd3d:a0b:17d6::1",
      "fd3d:fa7b:d17d::1",
      48,
      1520,
      Map.of("CMSG_LEVEL_IP", "SOL_IPV6", "CMSG_TYPE_RECVERR", "IPV6_RECVERR"));

  private final String text;
  private final String localAddress;
  private final String remoteAddress;
  private final int prefix;
  private final int mtu;
  private final transient Map<String, String> definitions;

  IpVersion(
      String text,
      String localAddress,
      String remoteAddress,
      int prefix,
      int mtu,
      Map<String, String> definitions) {
    this.text = text;
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
    this.prefix = prefix;
    this.mtu = mtu;
    this.definitions = definitions;
  }

  /**
   * The version that packetdrill calls so.
   *
   * @param text for example {@code ipv6}
   * @throws IllegalArgumentException when there is no such version
   */
  public static IpVersion named(String text) {
    return Stream.of(values())
        .filter(v -> v.text.equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'" + text + "' is not ipv4, ipv4-mapped-ipv6 or ipv6"));
  }

  /**
   * The family that the name of a script asks for: one that ends in {@code v4} or {@code v6} runs
   * in that family only.
   *
   * @param script where it is
   * @return empty when it runs in any
   */
  public static Optional<IpVersion> ofName(Path script) {
    String name = String.valueOf(script.getFileName()).replaceFirst("\\.pkt$", "");
    if (name.endsWith("v4")) {
      return Optional.of(IPV4);
    }
    return name.endsWith("v6") ? Optional.of(IPV6) : Optional.empty();
  }

  String localAddress() {
    return localAddress;
  }

  String remoteAddress() {
    return remoteAddress;
  }

  int prefix() {
    return prefix;
  }

  int mtu() {
    return mtu;
  }

  Map<String, String> definitions() {
    return definitions;
  }

  /** As packetdrill calls it. */
  @Override
  public String toString() {
    return text;
  }
}
