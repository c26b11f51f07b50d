package org.mptcp4j.testkit.packetdrill;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.StackConfig;

/**
 * The sysctls that mean something to the stack. Others that scripts set are of two kinds: such that
 * ask for what the stack does anyhow, which are taken with that value and refused with another; and
 * such that tune what shows in no script, or choose what a script shows by itself when it uses it.
 */
final class Sysctls {
  /** What test beds for these scripts usually begin with. */
  static final String DEFAULTS =
      "sysctl -q net.ipv4.tcp_rmem=\"4096 540000 15728640\"\n"
          + "sysctl -q net.ipv4.tcp_wmem=\"4096 262144 4194304\"\n"
          + "sysctl -q net.ipv4.tcp_syn_retries=5 net.ipv4.tcp_congestion_control=cubic\n";

  /** What the stack does; asking for something else is refused. */
  private static final Map<String, Set<String>> AS_IT_IS =
      Map.ofEntries(
          Map.entry("net.ipv4.tcp_timestamps", Set.of("1", "2")),
          Map.entry("net.ipv4.tcp_sack", Set.of("1")),
          Map.entry("net.ipv4.tcp_window_scaling", Set.of("1")),
          Map.entry("net.ipv4.tcp_ecn", Set.of("0")),
          Map.entry("net.ipv4.tcp_mtu_probing", Set.of("0")),
          Map.entry("net.ipv4.tcp_reordering", Set.of("3")),
          Map.entry("net.ipv4.tcp_rfc1337", Set.of("1")),
          Map.entry("net.ipv4.tcp_abort_on_overflow", Set.of("0")),
          Map.entry("net.ipv4.tcp_fwmark_accept", Set.of("0")),
          Map.entry("net.ipv4.tcp_l3mdev_accept", Set.of("0")),
          Map.entry("net.ipv4.ip_forward", Set.of("0")));

  private static final Set<String> TAKEN =
      Set.of(
          "net.ipv4.tcp_dsack",
          "net.ipv4.tcp_fack",
          "net.ipv4.tcp_frto",
          "net.ipv4.tcp_early_retrans",
          "net.ipv4.tcp_recovery",
          "net.ipv4.tcp_slow_start_after_idle",
          "net.ipv4.tcp_tso_win_divisor",
          "net.ipv4.tcp_min_tso_segs",
          "net.ipv4.tcp_tso_rtt_log",
          "net.ipv4.tcp_pacing_ss_ratio",
          "net.ipv4.tcp_pacing_ca_ratio",
          "net.ipv4.tcp_notsent_lowat",
          "net.ipv4.tcp_fastopen",
          "net.ipv4.tcp_fastopen_key",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.tcp_no_metrics_save",
          "net.ipv4.tcp_limit_output_bytes",
          "net.ipv4.tcp_autocorking",
          "net.ipv4.tcp_moderate_rcvbuf",
          "net.ipv4.tcp_min_rtt_wlen",
          "net.ipv4.tcp_adv_win_scale",
          "net.ipv4.tcp_shrink_window",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_tw_reuse",
          "net.core.default_qdisc",
          "net.core.rmem_max",
          "net.core.wmem_max",
          "net.core.somaxconn");

  private final Map<String, String> applied = new HashMap<>();

  /** Takes a setting before the stack is built, or refuses it. */
  void set(Place place, ShellCommands.Setting setting) {
    String name = setting.name();
    Set<String> only = AS_IT_IS.get(name);
    if (only != null && !only.contains(setting.value())) {
      throw ScriptException.refused(
          place, "sysctl " + name + "=" + setting.value() + "; there is only " + first(only));
    }
    if (only != null || TAKEN.contains(name)) {
      return;
    }
    applied.put(name, setting.value());
    try {
      apply(StackConfig.builder(), name, setting.value(), place);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw ScriptException.malformed(place, name + "=" + setting.value() + ": " + e.getMessage());
    }
  }

  private static String first(Set<String> values) {
    return values.stream().sorted().findFirst().orElseThrow();
  }

  /** A command while the stack runs can change nothing any more. */
  static void refuseChange(Place place, ShellCommands.Setting setting) {
    if (!TAKEN.contains(setting.name())) {
      throw ScriptException.refused(place, "sysctl " + setting.name() + " after the beginning");
    }
  }

  /** The configuration of the stack. */
  StackConfig config(Place place) {
    StackConfig.Builder config = StackConfig.builder().mptcp(MptcpMode.ENABLED);
    applied.forEach((name, value) -> apply(config, name, value, place));
    if (applied.containsKey("net.ipv4.tcp_syn_retries")) {
      apply(config, "net.ipv4.tcp_syn_retries", applied.get("net.ipv4.tcp_syn_retries"), place);
    }
    return config.build();
  }

  /** The congestion control of sockets that choose none. */
  String congestionControl() {
    return applied.getOrDefault("net.ipv4.tcp_congestion_control", "cubic");
  }

  private static void apply(StackConfig.Builder config, String name, String value, Place place) {
    switch (name) {
      case "net.ipv4.tcp_rmem" -> config.receiveBuffer(range(value));
      case "net.ipv4.tcp_wmem" -> config.sendBuffer(range(value));
      case "net.ipv4.tcp_syn_retries" -> config.synRetries(number(value));
      case "net.ipv4.tcp_synack_retries" -> config.synRetries(number(value) + 1);
      case "net.ipv4.tcp_retries2" -> config.retries(number(value));
      case "net.ipv4.tcp_rto_min_us" -> config.minRto(Duration.ofNanos(number(value) * 1_000L));
      case "net.ipv4.tcp_rto_max_ms" -> config.maxRto(Duration.ofMillis(number(value)));
      case "net.ipv4.ip_local_port_range" -> {
        String[] ports = value.split("\\s+");
        config.ephemeralPorts(number(ports[0]), number(ports[1]));
      }
      case "net.mptcp.enabled" ->
          config.mptcp(number(value) == 0 ? MptcpMode.DISABLED : MptcpMode.ENABLED);
      case "net.mptcp.checksum_enabled" -> config.checksumRequired(number(value) != 0);
      case "net.mptcp.allow_join_initial_addr_port" ->
          config.joinInitialAddress(number(value) != 0);
      case "net.mptcp.add_addr_timeout" ->
          config.addAddressTimeout(Duration.ofSeconds(number(value)));
      case "net.ipv4.tcp_congestion_control" -> {
        if (!value.equals("cubic") && !value.equals("reno")) {
          throw ScriptException.refused(place, "congestion control " + value);
        }
      }
      default -> throw ScriptException.refused(place, "sysctl " + name);
    }
  }

  private static int number(String value) {
    return Integer.decode(value);
  }

  /** The least, the first and the largest size; the first is where buffers begin. */
  private static BufferRange range(String value) {
    String[] sizes = value.split("\\s+");
    int largest = number(sizes[2]);
    return new BufferRange(Math.min(number(sizes[1]), largest), largest);
  }
}
