package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.interop.JoinCase.Check;
import org.mptcp4j.interop.JoinCase.Ours;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.pm.Endpoints;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.RxSegment;

/** One run of a {@link JoinCase}: a connection from C to S that echoes until nothing changes. */
final class JoinRun implements AutoCloseable {
  private static final int PORT = 10_000;
  private static final int ROUND_BYTES = 20_000;
  private static final int LINKS = 4;

  /** Rounds without a change after which all that follows from something has happened. */
  private static final int QUIET_ROUNDS = 12;

  /** Rounds for joins to come before something changes. */
  private static final int MOST_ROUNDS = 400;

  private final JoinCase of;
  private final Ours ours;
  private final Netns kernel = Netns.create();
  private final Map<Ours, JoinSide> sides = new EnumMap<>(Ours.class);
  private final Endpoints endpoints = Endpoints.builder().build();
  private final Set<String> failedLinks = ConcurrentHashMap.newKeySet();
  private final Deque<Packet> answers = new ArrayDeque<>();
  private volatile boolean filtered = true;
  private JoinByHand byHand;
  private Process daemon; // null unless a program manages the kernel's paths
  private StackHost host;
  private KernelPeer peer;
  private Rounds client;
  private Transfer server;

  JoinRun(JoinCase of, Ours ours) throws IOException {
    this.of = of;
    this.ours = ours;
    String end = ours == Ours.S ? "1" : "2";
    List<String> devices = new ArrayList<>();
    for (int n = 1; n <= LINKS; n++) {
      devices.add("m4j" + n + ":10.0." + n + "." + end + "/24,dead:beef:" + n + "::" + end + "/64");
    }
    host =
        StackHost.start(
            kernel,
            config(),
            link -> new FilteredLink(link, filter(link.name()), answers),
            builder(),
            devices.toArray(String[]::new));
    if (ours == Ours.S) {
      for (int n = 1; n <= LINKS; n++) {
        String metric = "" + (100 + n);
        kernel.run("ip", "route", "add", "default", "dev", "m4j" + n, "metric", metric);
        kernel.run("ip", "-6", "route", "add", "default", "dev", "m4j" + n, "metric", metric);
      }
    }
    JoinSide theirs = new KernelJoinSide(kernel, () -> peer.counters());
    sides.put(ours, new OurJoinSide(host, endpoints));
    sides.put(ours == Ours.S ? Ours.C : Ours.S, theirs);
    if (isSet("daemon")) {
      daemon = kernel.listenToPaths(10);
    }
    theirs.limits(2, 0);
  }

  // ---- what is configured

  private boolean isSet(String option) {
    return JoinCase.statements(of.setup()).stream()
        .anyMatch(words -> String.join(" ", words).equals(option));
  }

  private StackConfig config() {
    StackConfig.Builder config = StackConfig.builder();
    if (isSet("add_addr_timeout=1")) {
      config.timeouts(t -> t.addAddress(Duration.ofSeconds(1)));
    }
    if (isSet("no daemon")) {
      config.mptcp(m -> m.maxSubflowsAccepted(0));
    }
    if (isSet(ours + " deny_join_id0")) {
      config.mptcp(m -> m.joinInitialAddress(false));
    }
    if (isSet("cookies")) {
      config.limits(l -> l.halfOpen(1));
    }
    if (isSet(ours + " checksum")) {
      config.mptcp(m -> m.checksumRequired(true));
    }
    return config.build();
  }

  private UnaryOperator<StackBuilder> builder() {
    return isSet(ours + " userspace-pm")
        ? builder -> builder.pathManager("application")
        : builder -> builder.pathManager(endpoints);
  }

  /** What stands between the ends. */
  private Function<RxSegment, FilteredLink.Verdict> filter(String link) {
    Function<RxSegment, FilteredLink.Verdict> filter = filter();
    return segment ->
        failedLinks.contains(link)
            ? FilteredLink.Verdict.DROP
            : filtered ? filter.apply(segment) : FilteredLink.Verdict.PASS;
  }

  private Function<RxSegment, FilteredLink.Verdict> filter() {
    if (isSet("no echo")) {
      return segment -> {
        AddAddr option = segment.options().mptcp(AddAddr.class);
        return option != null && option.echo()
            ? FilteredLink.Verdict.DROP
            : FilteredLink.Verdict.PASS;
      };
    }
    for (String[] words : JoinCase.statements(of.setup())) {
      if (words[0].equals("filter")) {
        FilteredLink.Verdict verdict = FilteredLink.Verdict.valueOf(words[2]);
        return segment ->
            segment.src().toString().equals(words[1]) ? verdict : FilteredLink.Verdict.PASS;
      }
    }
    return segment -> FilteredLink.Verdict.PASS;
  }

  private void configure(String[] words) {
    if (words[0].equals("add_addr_timeout=1")) {
      kernel.sysctl("net.mptcp.add_addr_timeout", "1");
    } else if (words[0].equals("route") && ours == Ours.S) {
      kernel.run("ip", "route", "add", "10.0.2.1", "via", "10.0.1.1", "dev", "m4j1");
    } else if (words[0].equals("cookies")) {
      kernel.sysctl("net.ipv4.tcp_syncookies", "2");
    } else if (words[0].equals("S") || words[0].equals("C")) {
      configure(Ours.valueOf(words[0]), words);
    }
  }

  private void configure(Ours at, String[] words) {
    boolean theirs = at != ours;
    switch (words[1]) {
      case "lim" -> {
        String[] limits = words[2].split("/");
        // Accepted addresses first, subflows second.
        sides.get(at).limits(Integer.parseInt(limits[1]), Integer.parseInt(limits[0]));
      }
      case "ep" -> endpoint(at, words);
      case "deny_join_id0" -> {
        if (theirs) {
          kernel.sysctl("net.mptcp.allow_join_initial_addr_port", "0");
        }
      }
      case "checksum" -> {
        if (theirs) {
          kernel.sysctl("net.mptcp.checksum_enabled", "1");
        }
      }
      case "userspace-pm" -> {
        if (theirs) {
          kernel.sysctl("net.mptcp.path_manager", "userspace");
        }
      }
      default -> throw new IllegalArgumentException(String.join(" ", words));
    }
  }

  private void endpoint(Ours at, String[] words) {
    String flags = "";
    int id = 0;
    int port = 0;
    int link = 0;
    for (int i = 3; i < words.length; i++) {
      if (words[i].equals("id")) {
        id = Integer.parseInt(words[++i]);
      } else if (words[i].equals("port")) {
        port = Integer.parseInt(words[++i]);
      } else if (words[i].startsWith("ns")) {
        link = words[i].charAt(words[i].length() - 1) - '0';
      } else {
        flags = words[i];
      }
    }
    sides.get(at).add(words[2], flags, id, port, link);
  }

  // ---- the run

  void run() {
    // A process inside the namespace has its counters.
    String to = of.run().replaceFirst(".*to ", "").replaceFirst(";.*", "").trim();
    boolean six = to.indexOf(':') >= 0;
    if (ours == Ours.S) {
      host.listen(PORT);
      JoinCase.statements(of.setup()).forEach(this::configure);
      peer = KernelPeer.client(kernel, "rounds", to, "" + PORT);
      assertThat(peer.line(10)).isEqualTo("connected");
      server = host.accepted();
    } else {
      JoinCase.statements(of.setup()).forEach(this::configure);
      peer = KernelPeer.serveFor(kernel, six ? "::" : "0.0.0.0", "" + PORT);
      client = host.rounds(to, PORT);
      host.await(client.connected(), 10);
    }
    List<Check> checks = of.checks(ours);
    // Most cases have all their joins before something changes; it does no harm where not.
    List<Check> joins =
        checks.stream().filter(c -> c.counter().matches(".*(MPJoin.*|AddAddr|EchoAdd)")).toList();
    for (int i = 0; i < MOST_ROUNDS && !failures(joins).isEmpty(); i++) {
      round();
    }
    settle();
    change(to);
    long deadline = Patience.deadlineNs(2);
    while (!failures(checks).isEmpty() && System.nanoTime() < deadline) {
      round();
    }
    settle();
    end();
    assertThat(failures(checks)).as(this::describe).isEmpty();
  }

  private void round() {
    if (client != null) {
      assertThat(host.await(host.call(() -> client.round(ROUND_BYTES)), 10))
          .as(this::describe)
          .isTrue();
    } else {
      peer.say("round " + ROUND_BYTES);
      assertThat(answer()).as(this::describe).isEqualTo("equal");
    }
  }

  private String answer() {
    try {
      return peer.line(10);
    } catch (AssertionError e) {
      return e.getMessage() + host.call(() -> host.stack().connections().toString());
    }
  }

  /** Goes on until nothing happens any more. */
  private void settle() {
    Map<String, Long> last = Map.of();
    for (int quiet = 0; quiet < QUIET_ROUNDS; quiet++) {
      round();
      Map<String, Long> now = events();
      if (!now.equals(last)) {
        quiet = 0;
      }
      last = now;
    }
  }

  private Map<String, Long> events() {
    Map<String, Long> events = new TreeMap<>();
    for (Ours at : Ours.values()) {
      sides
          .get(at)
          .counters()
          .forEach(
              (name, value) -> {
                if (name.matches("MPTcpExt(MPJoin|.*Add|RmAddr|RmSubflow|MPPrio|MPRst).*")
                    && value != 0) {
                  events.put(at + " " + name, value);
                }
              });
    }
    return events;
  }

  private void change(String to) {
    int added = 0;
    String sflags = "";
    String flags = "subflow";
    int ns1 = 0;
    for (String[] words : JoinCase.statements(of.run())) {
      for (String word : words) {
        String value = word.substring(word.indexOf('=') + 1);
        if (word.startsWith("addr_nr_ns1=")) {
          ns1 = Integer.parseInt(value);
        } else if (word.startsWith("addr_nr_ns2=")) {
          added = Integer.parseInt(value);
        } else if (word.startsWith("sflags=")) {
          sflags = value;
        } else if (word.startsWith("fullmesh=")) {
          added = Integer.parseInt(value);
          flags = "subflow,fullmesh";
        }
      }
    }
    JoinCase.statements(of.run()).forEach(this::step);
    boolean six = to.indexOf(':') >= 0;
    addOrRemove(Ours.S, ns1, 2, "signal", six);
    if (ns1 != 0 && added < 0) {
      settle();
    }
    addOrRemove(Ours.C, added, 3, flags, six);
    if (!sflags.isEmpty()) {
      settle();
      for (JoinSide side : sides.values()) {
        for (int id : side.ids()) {
          side.change(id, sflags);
        }
      }
    }
  }

  /** A statement that is carried out before the next one. */
  private void step(String[] words) {
    switch (words[0]) {
      case "fail" -> {
        for (int i = 1; i < words.length; i++) {
          failedLinks.add("m4j" + words[i]);
        }
      }
      case "unfiltered" -> filtered = false;
      case "S", "C" -> step(Ours.valueOf(words[0]), words);
      default -> {
        return;
      }
    }
    settle();
  }

  private void step(Ours at, String[] words) {
    switch (words[1]) {
      case "ep" -> endpoint(at, words);
      case "del" -> delete(at, Integer.parseInt(words[2]));
      case "flush" -> sides.get(at).flush();
      case "ann", "rem", "csf", "dsf" -> byHand(at, words, 1);
      case "fails" -> assertThatThrownBy(() -> byHand(at, words, 2)).as(this::describe).isNotNull();
      case "refuses" -> {
        List<String> endpoint = new ArrayList<>(List.of(words));
        endpoint.remove("refuses");
        assertThatThrownBy(() -> endpoint(at, endpoint.toArray(String[]::new)))
            .as(this::describe)
            .isNotNull();
      }
      default -> throw new IllegalArgumentException(String.join(" ", words));
    }
  }

  /** Deletes an endpoint; Linux takes one REMOVE_ADDR in at a time. */
  private void delete(Ours at, int id) {
    JoinSide other = sides.get(at == Ours.S ? Ours.C : Ours.S);
    Long before = other.counters().get("MPTcpExtRmAddr");
    sides.get(at).delete(id);
    for (int i = 0; i < MOST_ROUNDS; i++) {
      round();
      if (!Objects.equals(before, other.counters().get("MPTcpExtRmAddr"))) {
        return;
      }
    }
  }

  private void byHand(Ours at, String[] words, int from) {
    if (byHand == null) {
      MptcpSocket socket = client == null ? server.socket() : client.socket();
      byHand = new JoinByHand(host, kernel, socket);
    }
    List<String> rest = List.of(words).subList(from, words.length);
    if (at == ours) {
      byHand.ours(rest);
    } else {
      byHand.theirs(rest);
    }
  }

  private void addOrRemove(Ours at, int number, int firstNet, String flags, boolean six) {
    JoinSide side = sides.get(at);
    String end = at == Ours.S ? "1" : "2";
    if (number == -8) {
      side.flush();
    } else if (number == -9) {
      side.deleteInitial(six ? "dead:beef:1::" + end : "10.0.1." + end);
    } else if (number < 0) {
      for (int id : side.ids().subList(0, -number)) {
        delete(at, id);
        settle();
      }
    }
    for (int net = firstNet; net < firstNet + number; net++) {
      side.add(six ? "dead:beef:" + net + "::" + end : "10.0." + net + "." + end, flags, 0, 0, 0);
    }
  }

  private void end() {
    if (client != null) {
      assertThat(host.await(host.call(client::end), 10)).isEqualTo(SocketError.NONE);
      assertThat(peer.line(10)).as(this::describe).contains("\"R\"");
    } else {
      peer.say("end");
      assertThat(peer.line(10)).as(this::describe).contains("\"left\": 0");
      assertThat(host.result(server, 10).error()).isEqualTo(SocketError.NONE);
    }
  }

  private List<String> failures(List<Check> checks) {
    Map<Ours, Map<String, Long>> counters = new EnumMap<>(Ours.class);
    sides.forEach((at, side) -> counters.put(at, side.counters()));
    List<String> wrong = new ArrayList<>(linkFailures());
    for (Check check : checks) {
      Map<String, Long> there = counters.get(check.at());
      long value = there.getOrDefault(check.counter(), 0L);
      if (check.counter().equals("MPTcpExtRmAddr")) {
        // Linux drops what comes while it works on another one: it has arrived all the same.
        value += there.getOrDefault("MPTcpExtRmAddrDrop", 0L);
      }
      if (!check.right().test(value)) {
        wrong.add(check.at() + " " + check.counter() + " is " + value + ", not " + check.wanted());
      }
    }
    return wrong;
  }

  /** What a link must have carried, or not. */
  private List<String> linkFailures() {
    List<String> wrong = new ArrayList<>();
    for (String[] words : JoinCase.statements(of.expected())) {
      if (words[0].equals("idle") || words[0].equals("busy")) {
        var counters = host.link(Integer.parseInt(words[1]) - 1).counters();
        long bytes = counters.txBytes() + counters.rxBytes();
        if (words[0].equals("busy") != bytes > ROUND_BYTES) {
          wrong.add("link " + words[1] + " is not " + words[0] + ": " + bytes + " bytes");
        }
      }
    }
    return wrong;
  }

  private String describe() {
    return of
        + "\nthis stack is "
        + ours
        + "\n"
        + events().entrySet().stream().map(Object::toString).collect(Collectors.joining("\n"))
        + "\n"
        + sides.get(Ours.S).endpoints()
        + "\n"
        + sides.get(Ours.C).endpoints();
  }

  @Override
  public void close() {
    if (daemon != null) {
      daemon.destroy();
    }
    if (peer != null) {
      peer.close();
    }
    if (host != null) {
      host.close();
    }
    kernel.close();
  }
}
