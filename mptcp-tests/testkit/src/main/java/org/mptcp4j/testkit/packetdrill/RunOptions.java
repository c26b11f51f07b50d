package org.mptcp4j.testkit.packetdrill;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.mptcp4j.link.packet.IpAddress;

/** What the options of a script, {@code --name=value}, say about its run. */
final class RunOptions {
  /** Options about how packetdrill itself runs, which has nothing to do with what is tested. */
  private static final Set<String> WITHOUT_MEANING =
      Set.of(
          "verbose",
          "debug",
          "dry_run",
          "local_dev",
          "gateway_ip",
          "netmask_ip",
          "speed",
          "send_omit_free");

  private IpVersion version;
  private IpAddress local;
  private IpAddress remote;
  private int mtu = 1500;
  private int bindPort = 8080;
  private int connectPort = 8080;
  private long toleranceNs = 4_000_000L;
  private double tolerancePercent;
  private long tickNs;
  private boolean strictSegments;
  private int peerMss;

  RunOptions(IpVersion version) {
    version(version);
  }

  private void version(IpVersion chosen) {
    version = chosen;
    local = IpAddress.parse(chosen.localAddress());
    remote = IpAddress.parse(chosen.remoteAddress());
    mtu = chosen.mtu();
  }

  /** Takes the options of a script. */
  void take(List<Token> options) {
    options.stream().filter(o -> o.text().startsWith("--ip_version")).forEach(this::take);
    options.stream().filter(o -> !o.text().startsWith("--ip_version")).forEach(this::take);
  }

  private void take(Token option) {
    String[] parts = option.text().substring(2).split("=", 2);
    String value = parts.length == 2 ? parts[1] : "";
    try {
      take(parts[0], value, option.place());
    } catch (IllegalArgumentException e) {
      throw ScriptException.malformed(option.place(), option.text() + ": " + e.getMessage());
    }
  }

  private void take(String name, String value, Place place) {
    switch (name) {
      case "ip_version" -> version(IpVersion.named(value));
      case "local_ip" -> local = IpAddress.parse(value);
      case "remote_ip" -> remote = IpAddress.parse(value);
      case "mtu" -> mtu = Integer.parseInt(value);
      case "bind_port" -> bindPort = Integer.parseInt(value);
      case "connect_port" -> connectPort = Integer.parseInt(value);
      case "tolerance_usecs" -> toleranceNs = Long.parseLong(value) * 1_000;
      case "tolerance_percent" -> tolerancePercent = new BigDecimal(value).doubleValue();
      case "tcp_ts_tick_usecs" -> tickNs = Long.parseLong(value) * 1_000;
      case "mss" -> peerMss = Integer.parseInt(value);
      case "strict_segments" -> strictSegments = !value.equals("0");
      default -> {
        if (!WITHOUT_MEANING.contains(name)) {
          throw ScriptException.refused(place, "option --" + name);
        }
      }
    }
  }

  IpVersion version() {
    return version;
  }

  /** The address of the stack. */
  IpAddress local() {
    return local;
  }

  /** The address of the peer. */
  IpAddress remote() {
    return remote;
  }

  int mtu() {
    return mtu;
  }

  /** The port of a {@code bind} that names none. */
  int bindPort() {
    return bindPort;
  }

  /** The port of a {@code connect} that names none. */
  int connectPort() {
    return connectPort;
  }

  /** How far an event may be off that is to happen so long after the one before. */
  long toleranceNs(long gapNs) {
    return Math.max(toleranceNs, (long) (Math.abs(gapNs) * tolerancePercent / 100));
  }

  /** The unit of timestamps whose differences are checked, 0 when they are not. */
  long tickNs() {
    return tickNs;
  }

  /**
   * Payload of the packets of which a larger segment of the peer was put together before it came to
   * the stack, 0 when each came as it is.
   */
  int peerMss() {
    return peerMss;
  }

  /** Whether segments must have the very lengths of the script. */
  boolean strictSegments() {
    return strictSegments;
  }
}
