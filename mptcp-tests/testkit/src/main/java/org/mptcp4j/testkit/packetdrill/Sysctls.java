package org.mptcp4j.testkit.packetdrill;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.EcnMode;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.TcpOptions;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathManagers;

/**
 * The sysctls that mean something to the stack: those that it can be configured with, and those
 * whose value it has anyhow, which are taken with that value only. Everything else is refused by
 * name, so that no script passes or fails on account of a setting that had no effect.
 */
final class Sysctls {
  /** Those of test beds for these scripts, on which the window scale depends. */
  private static final String RECEIVE_BUFFERS = "4096 540000 15728640";

  /** What test beds for these scripts usually begin with. */
  static final String DEFAULTS =
      ("sysctl -q net.ipv4.tcp_rmem=\"" + RECEIVE_BUFFERS + "\"\n")
          + "sysctl -q net.ipv4.tcp_wmem=\"4096 262144 4194304\"\n"
          + "sysctl -q net.ipv4.tcp_syn_retries=5 net.ipv4.tcp_congestion_control=cubic\n";

  /**
   * Values that change nothing: what the stack does whatever is set, and what Linux has without
   * being told, so that setting it says no more than leaving it out. Other values are refused.
   */
  private static final Map<String, Set<String>> AS_IT_IS =
      Map.ofEntries(
          Map.entry("net.ipv4.tcp_dsack", Set.of("1")),
          Map.entry("net.ipv4.tcp_fack", Set.of("0")),
          Map.entry("net.ipv4.tcp_frto", Set.of("2")),
          Map.entry("net.ipv4.tcp_early_retrans", Set.of("3", "4")),
          Map.entry("net.ipv4.tcp_recovery", Set.of("1")),
          Map.entry("net.ipv4.tcp_window_scaling", Set.of("1")),
          Map.entry("net.ipv4.tcp_ecn_option_beacon", Set.of("1", "2", "3")),
          Map.entry("net.ipv4.tcp_syn_linear_timeouts", Set.of("0")),
          Map.entry("net.ipv4.tcp_reordering", Set.of("3")),
          Map.entry("net.ipv4.tcp_pacing_ss_ratio", Set.of("200")),
          Map.entry("net.ipv4.tcp_pacing_ca_ratio", Set.of("120")),
          Map.entry("net.ipv4.tcp_syncookies", Set.of("1")),
          Map.entry("net.ipv4.tcp_no_metrics_save", Set.of("0", "1")),
          Map.entry("net.ipv4.tcp_autocorking", Set.of("0", "1")),
          Map.entry("net.ipv4.tcp_moderate_rcvbuf", Set.of("1")),
          Map.entry("net.ipv4.tcp_min_rtt_wlen", Set.of("300")),
          Map.entry("net.ipv4.tcp_adv_win_scale", Set.of("1")),
          Map.entry("net.ipv4.tcp_shrink_window", Set.of("0")),
          Map.entry("net.ipv4.tcp_fin_timeout", Set.of("60")),
          Map.entry("net.ipv4.tcp_tw_reuse_delay", Set.of("1000")),
          Map.entry("net.ipv4.tcp_abort_on_overflow", Set.of("0")),
          Map.entry("net.ipv4.tcp_fwmark_accept", Set.of("0")),
          Map.entry("net.ipv4.tcp_l3mdev_accept", Set.of("0")),
          Map.entry("net.ipv4.ip_forward", Set.of("0")));

  /** What the stack has switched on, and can have off, from the beginning. */
  private static final Set<String> SWITCHES =
      Set.of("net.ipv4.tcp_timestamps", "net.ipv4.tcp_sack");

  /** What no sysctl sets, but commands about the device do. */
  static final String SUPER_SEGMENT_SIZE = "the size of super-segments";

  /**
   * How much of what may leave is put into one super-segment. These are cut and joined to the
   * lengths of the script, so that any value will do, unless the script wants the very lengths.
   */
  private static final Set<String> SUPER_SEGMENTS =
      Set.of(
          Sysctls.SUPER_SEGMENT_SIZE,
          "net.ipv4.tcp_tso_win_divisor",
          "net.ipv4.tcp_min_tso_segs",
          "net.ipv4.tcp_tso_rtt_log",
          "net.ipv4.tcp_limit_output_bytes");

  /** Which ends open fast, and how. */
  private static final String FAST_OPEN = "net.ipv4.tcp_fastopen";

  // In FAST_OPEN.
  private static final int CLIENT = 0x1;
  private static final int SERVER = 0x2;
  private static final int CLIENT_WITHOUT_COOKIE = 0x4;
  private static final int SERVER_WITHOUT_COOKIE = 0x200;
  private static final int ALL_LISTENERS = 0x400;

  private static final Set<String> QUEUES =
      Set.of("pfifo", "bfifo", "pfifo_fast", "fq_codel", "noqueue", "fq");

  private final RunOptions options;
  private boolean pacing;
  private boolean built;
  private final Map<String, String> applied = new HashMap<>();

  Sysctls(RunOptions options) {
    this.options = options;
  }

  /** Takes a setting, or refuses it; while the stack runs nothing can be changed any more. */
  void set(Place place, ShellCommands.Setting setting) {
    if (built) {
      checkUnchanged(place, setting);
    } else {
      take(place, setting);
    }
  }

  private void take(Place place, ShellCommands.Setting setting) {
    String name = setting.name();
    if (changesNothing(place, setting)) {
      return;
    }
    applied.put(name, setting.value());
    if (name.equals("net.core.default_qdisc")) {
      queue(place, setting.value());
      return;
    }
    try {
      apply(StackConfig.builder(), name, setting.value(), place);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw ScriptException.malformed(place, name + "=" + setting.value() + ": " + e.getMessage());
    }
  }

  private boolean changesNothing(Place place, ShellCommands.Setting setting) {
    String name = setting.name();
    Set<String> only = AS_IT_IS.get(name);
    boolean known =
        only != null && only.contains(setting.value())
            || SUPER_SEGMENTS.contains(name) && !options.strictSegments()
            || name.equals("net.ipv4.tcp_fastopen_key");
    if (only != null && !known) {
      throw ScriptException.refused(
          place, "sysctl " + name + "=" + setting.value() + "; there is only " + first(only));
    }
    return known;
  }

  /**
   * The queue before the device; packets leave it at once, so that only its pacing shows.
   *
   * @param kind as {@code tc} calls it
   */
  void queue(Place place, String kind) {
    boolean paces = kind.equals("fq");
    if (!QUEUES.contains(kind) || built && paces != pacing) {
      throw ScriptException.refused(place, "queue " + kind + (built ? " after the beginning" : ""));
    }
    pacing = paces;
  }

  /** Whether sockets spread what they send. */
  boolean pacing() {
    return pacing;
  }

  private static String first(Set<String> values) {
    return values.stream().sorted().findFirst().orElseThrow();
  }

  private void checkUnchanged(Place place, ShellCommands.Setting setting) {
    boolean isSwitch = SWITCHES.contains(setting.name());
    if (isSwitch ? isOn(setting.name()) != isOn(setting) : !changesNothing(place, setting)) {
      throw ScriptException.refused(place, "sysctl " + setting.name() + " after the beginning");
    }
  }

  private boolean isOn(String switched) {
    return isOn(new ShellCommands.Setting(switched, applied.getOrDefault(switched, "1")));
  }

  private static boolean isOn(ShellCommands.Setting setting) {
    return number(setting.value()) != 0;
  }

  /** The configuration of the stack, which is built with it now. */
  StackConfig.Builder config(Place place) {
    built = true;
    StackConfig.Builder config = StackConfig.builder().mptcp(MptcpMode.ENABLED);
    config.buffers(b -> b.receive(range(RECEIVE_BUFFERS)));
    applied.forEach((name, value) -> apply(config, name, value, place));
    return config.tcp(t -> t.accurateEcn(EcnSysctls.rules(applied)));
  }

  /** What limits what a call asks for; without a limit of the script there is none. */
  int limit(String name) {
    return applied.containsKey(name) ? number(applied.get(name)) : Integer.MAX_VALUE;
  }

  private boolean fastOpen(int bit) {
    int flags = applied.containsKey(FAST_OPEN) ? number(applied.get(FAST_OPEN)) : CLIENT | SERVER;
    return (flags & bit) != 0;
  }

  /** Whether there are sockets of MPTCP. */
  boolean multipath() {
    return number(applied.getOrDefault("net.mptcp.enabled", "1")) != 0;
  }

  boolean opensFastAsClient() {
    return fastOpen(CLIENT);
  }

  boolean clientNeedsNoCookie() {
    return fastOpen(CLIENT_WITHOUT_COOKIE);
  }

  boolean opensFastAsServer() {
    return fastOpen(SERVER);
  }

  /** What holds for a listener, whose script may have chosen a bound itself. */
  void fastOpenOfListener(TcpSocketOptions.Builder listener, int backlog) {
    if (fastOpen(SERVER) && fastOpen(ALL_LISTENERS)) {
      listener.fastOpenPending(backlog);
    }
    if (fastOpen(SERVER_WITHOUT_COOKIE)) {
      listener.fastOpenNoCookie(true);
    }
  }

  /** Bytes not sent at which sockets take no more; without a limit of the script there is none. */
  int notSentLowat() {
    String value = applied.getOrDefault("net.ipv4.tcp_notsent_lowat", "-1");
    long bytes = Long.parseLong(value);
    return bytes <= 0 || bytes > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) bytes;
  }

  /** The path manager of the stack. */
  Supplier<PathManager> pathManager(IpMptcp kernel) {
    String name = applied.getOrDefault("net.mptcp.path_manager", kernel.endpoints().name());
    return name.equals(kernel.endpoints().name()) ? kernel.endpoints() : PathManagers.byName(name);
  }

  /** The congestion control of sockets that choose none. */
  CongestionControlFactory congestionControl() {
    String name =
        applied.getOrDefault("net.ipv4.tcp_congestion_control", CongestionControls.DEFAULT);
    return pacing ? FqPacing.of(name) : CongestionControls.byName(name);
  }

  private static void apply(StackConfig.Builder config, String name, String value, Place place) {
    switch (name) {
      case "net.ipv4.tcp_rmem" -> config.buffers(b -> b.receive(range(value)));
      case "net.ipv4.tcp_wmem" -> config.buffers(b -> b.send(range(value)));
      case "net.ipv4.tcp_syn_retries" -> config.tcp(t -> t.synRetries(number(value)));
      case "net.ipv4.tcp_synack_retries" -> config.tcp(t -> t.synAckRetries(number(value)));
      case "net.ipv4.tcp_max_syn_backlog" -> config.limits(l -> l.halfOpen(number(value)));
      case "net.ipv4.tcp_timestamps" -> config.tcp(t -> t.timestamps(number(value) != 0));
      case "net.ipv4.tcp_sack" -> config.tcp(t -> t.sack(number(value) != 0));
      case "net.ipv4.tcp_ecn" -> config.tcp(t -> t.ecn(EcnMode.ofSysctl(number(value))));
      case "net.ipv4.tcp_rfc1337" -> config.tcp(t -> t.rfc1337(number(value) != 0));
      case "net.ipv4.tcp_tw_reuse" -> config.tcp(t -> t.timeWaitReuse(number(value) == 1));
      case "net.ipv4.tcp_retries2" -> config.tcp(t -> t.retries(number(value)));
      case "net.ipv4.tcp_rto_min_us" ->
          config.timeouts(t -> t.minRto(Duration.ofNanos(number(value) * 1_000L)));
      case "net.ipv4.tcp_rto_max_ms" ->
          config.timeouts(t -> t.maxRto(Duration.ofMillis(number(value))));
      case "net.ipv4.tcp_slow_start_after_idle" ->
          config.tcp(t -> t.slowStartAfterIdle(number(value) != 0));
      case "net.ipv4.route.min_pmtu" -> config.tcp(t -> t.leastPathMtu(number(value)));
      case "net.ipv4.tcp_mtu_probing" ->
          config.tcp(t -> t.blackHoleMtu(blackHoleMtu(place, value)));
      case "net.ipv4.ip_local_port_range" -> {
        String[] ports = value.split("\\s+");
        config.tcp(t -> t.ephemeralPorts(number(ports[0]), number(ports[1])));
      }
      case "net.mptcp.enabled" ->
          config.mptcp(number(value) == 0 ? MptcpMode.DISABLED : MptcpMode.ENABLED);
      case "net.mptcp.checksum_enabled" ->
          config.mptcp(m -> m.checksumRequired(number(value) != 0));
      case "net.mptcp.allow_join_initial_addr_port" ->
          config.mptcp(m -> m.joinInitialAddress(number(value) != 0));
      case "net.mptcp.add_addr_timeout" ->
          config.timeouts(t -> t.addAddress(Duration.ofSeconds(number(value))));
      case "net.mptcp.path_manager" -> {
        if (!PathManagers.names().contains(value)) {
          throw ScriptException.refused(place, "path manager " + value);
        }
      }
      case "net.mptcp.close_timeout" ->
          config.timeouts(t -> t.zeroSubflow(Duration.ofSeconds(number(value))));
      case "net.mptcp.blackhole_timeout" ->
          config.timeouts(t -> t.blackhole(Duration.ofSeconds(number(value))));
      case "net.mptcp.syn_retrans_before_tcp_fallback" ->
          config.mptcp(m -> m.synRetriesBeforeTcp(number(value)));
      case "net.ipv4.tcp_congestion_control" -> {
        if (!CongestionControls.names().contains(value)) {
          throw ScriptException.refused(place, "congestion control " + value);
        }
      }
      case "net.core.rmem_max", "net.core.wmem_max", "net.core.somaxconn" -> number(value);
      case FAST_OPEN -> number(value);
      case "net.ipv4.tcp_fastopen_blackhole_timeout_sec" ->
          config.timeouts(t -> t.fastOpenBlackhole(Duration.ofSeconds(number(value))));
      case "net.ipv4.tcp_notsent_lowat" -> Long.parseLong(value);
      default -> {
        if (!EcnSysctls.knows(name)) {
          throw ScriptException.refused(place, "sysctl " + name);
        }
        EcnSysctls.check(place, name, value);
      }
    }
  }

  /** Linux's 2 looks for the size of packets from the beginning. */
  private static int blackHoleMtu(Place place, String value) {
    return switch (value) {
      case "0" -> TcpOptions.NO_BLACK_HOLES;
      case "1" -> TcpOptions.builder().build().blackHoleMtu();
      default -> throw ScriptException.refused(place, "sysctl net.ipv4.tcp_mtu_probing=" + value);
    };
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
