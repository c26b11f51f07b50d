package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBufAllocator;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.wire.TcpFlags;

/** One run of a script: its events in order, each at its time. */
final class ScriptRun implements StackHost.Application {
  /** How long an event waits that may happen whenever it likes. */
  private static final long ANY_TIME_NS = 3_600_000_000_000L;

  /** How much further a packet is looked for that did not come in time, to say when it came. */
  private static final long BEYOND_NS = 10_000_000_000L;

  private final Script script;
  private final RunOptions options;
  private final SocketTable table = new SocketTable();
  private final Flows flows;
  private final List<ScriptEvent> early;
  private final ShellCommands commands;
  private final PacketBuilder packets;
  private final StackHost host;
  private final CookieRequest cookies;
  private final Calls calls;
  private long previousNs;
  private Place place;

  ScriptRun(Script script, IpVersion version, Path directory, ByteBufAllocator allocator) {
    this.script = script;
    options = new RunOptions(version);
    options.take(script.options());
    Sysctls sysctls = new Sysctls(options);
    IpMptcp paths = new IpMptcp(options);
    Observations seen = new Observations();
    commands = new ShellCommands(directory, new Machine(sysctls, paths, seen));
    script.init().forEach(c -> commands.run(c.place(), c.text()));
    early = script.earlyCommands();
    early.forEach(e -> commands.run(e.place(), ((ScriptEvent.Command) e.action()).lines()));
    flows = new Flows(options);
    packets = new PacketBuilder(allocator);
    Place begin =
        script.init().isEmpty() ? script.events().get(0).place() : script.init().get(0).place();
    place = begin;
    host = host(begin, sysctls, paths, allocator);
    cookies = new CookieRequest(host, packets);
    calls = new Calls(host, options, table, flows, sysctls, allocator);
    paths.start(host);
    seen.start(host, table::listensOn);
  }

  /** Settings may be right each by itself, and not together. */
  private StackHost host(Place begin, Sysctls sysctls, IpMptcp paths, ByteBufAllocator allocator) {
    try {
      StackConfig config = sysctls.config(begin).build();
      return new StackHost(options, config, sysctls.pathManager(paths), allocator, this);
    } catch (IllegalArgumentException e) {
      throw ScriptException.malformed(begin, e);
    }
  }

  /** What commands do, before the stack is built and while it runs. */
  private record Machine(Sysctls sysctls, IpMptcp paths, Observations seen)
      implements ShellCommands.Effects {
    @Override
    public void set(Place place, ShellCommands.Setting setting) {
      sysctls.set(place, setting);
    }

    @Override
    public void queue(Place place, String kind) {
      sysctls.queue(place, kind);
    }

    @Override
    public void endpoints(Place place, String command) {
      paths.run(place, command);
    }

    @Override
    public void observe(Place place, String command) {
      seen.run(place, command);
    }
  }

  /** Carries out all events. */
  void run() {
    for (ScriptEvent event : script.events()) {
      place = event.place();
      execute(event);
    }
    calls.finish();
    Machine nowhere = new Machine(new Sysctls(options), new IpMptcp(options), new Observations());
    // What is set back at the end has no meaning for a stack that ends, but has to be understood.
    ShellCommands restore = new ShellCommands(Path.of("."), nowhere);
    script.cleanup().forEach(c -> restore.run(c.place(), c.text()));
  }

  /** Gives back everything. */
  void close() {
    table.all().forEach(ScriptSocket::release);
    host.close();
  }

  /** What is under way, or was last. */
  Place place() {
    return place;
  }

  /** The time that went by. */
  long elapsedNs() {
    return host.scriptNs();
  }

  // ---- the application's side

  @Override
  public void onEvent(StackEvent event) {
    // Calls ask the sockets themselves.
  }

  @Override
  public boolean turn() {
    return calls.turn();
  }

  @Override
  public long deadlineNs() {
    return calls.deadlineNs();
  }

  // ---- events

  private void execute(ScriptEvent event) {
    if (event.action() instanceof ScriptEvent.OutboundPacket outbound) {
      expect(event, outbound.packet());
      return;
    }
    EventTime time = event.time();
    if (time.base() != EventTime.Base.ANY) {
      long at = base(time) + time.fromNs();
      advance(at);
      checkTime(event, host.scriptNs());
    }
    long beganNs = host.scriptNs();
    if (event.action() instanceof ScriptEvent.InboundPacket inbound) {
      PacketSpec packet = inbound.packet();
      boolean icmp = packet.body() instanceof PacketSpec.IcmpSpec;
      if (icmp && table.all().stream().anyMatch(ScriptSocket::ignoresPathMtu)) {
        throw ScriptException.refused(packet.place(), "ICMP after IP_PMTUDISC_DONT");
      }
      Flow flow = flows.ofInbound(packet);
      cookies.before(packet, flow);
      host.receive(packets.build(packet, flow), options.peerMss());
    } else if (event.action() instanceof ScriptEvent.Call call) {
      calls.begin(call.call(), base(time) + call.call().endNs());
      beganNs = call.call().blocking() ? beganNs : host.scriptNs();
    } else if (event.action() instanceof ScriptEvent.Command command) {
      if (!early.contains(event)) {
        commands.run(event.place(), command.lines());
      }
    } else if (event.action() instanceof ScriptEvent.Code code) {
      code.program().check(this::variable);
    }
    previousNs = beganNs;
  }

  private long base(EventTime time) {
    return time.base() == EventTime.Base.PREVIOUS ? previousNs : 0;
  }

  private void advance(long untilNs) {
    host.advance(untilNs);
    calls.checkNotLate();
  }

  private void checkTime(ScriptEvent event, long actualNs) {
    EventTime time = event.time();
    if (time.base() == EventTime.Base.ANY) {
      return;
    }
    long from = base(time) + time.fromNs();
    long to = base(time) + time.toNs();
    long tolerance = options.toleranceNs(from - previousNs);
    if (actualNs < from - tolerance || actualNs > to + tolerance) {
      String wanted = from == to ? seconds(from) : seconds(from) + " to " + seconds(to);
      throw ScriptException.failed(
          event.place(), "expected at " + wanted + " s, happened at " + seconds(actualNs) + " s");
    }
  }

  /** A time in seconds, without more digits than it needs. */
  static String seconds(long ns) {
    return String.format(Locale.ROOT, "%.6f", ns / 1e9);
  }

  private Object variable(Token name) {
    return CodeConstants.of(name)
        .orElseGet(() -> TcpInfoVariables.value(host.nowNs(), name, underTest(name)));
  }

  private ConnectionInfo underTest(Token asked) {
    return flows
        .underTest()
        .flatMap(table::of)
        .flatMap(ScriptSocket::socket)
        .map(MptcpSocket::info)
        .orElseThrow(
            () ->
                ScriptException.malformed(
                    asked.place(), "there is no open socket whose " + asked.text() + " to ask"));
  }

  // ---- packets that the stack has to send

  private void expect(ScriptEvent event, PacketSpec packet) {
    EventTime time = event.time();
    long latest =
        time.base() == EventTime.Base.ANY
            ? host.scriptNs() + ANY_TIME_NS
            : base(time)
                + time.toNs()
                + options.toleranceNs(base(time) + time.fromNs() - previousNs);
    if (!host.awaitSent(latest)) {
      throw ScriptException.failed(event.place(), nothingCame(latest));
    }
    if (isForgotten(packet, host.sent().element())) {
      host.sent().remove();
      expect(event, packet);
      return;
    }
    PacketSpec.TcpSpec spec = (PacketSpec.TcpSpec) packet.body();
    Segment sent = options.strictSegments() ? host.sent().remove() : fitted(spec, latest);
    check(event, packet, spec, sent, flows.ofOutbound(packet, sent));
    previousNs = sent.atNs();
    calls.checkNotLate();
  }

  /**
   * Whether the segment is one of another connection whose socket the script has closed, and is
   * therefore not looked at: so that its end need not be waited for.
   */
  private boolean isForgotten(PacketSpec packet, Segment sent) {
    boolean here = packet.endpoints().isEmpty() && packet.names().isEmpty();
    Optional<Flow> of = flows.of(sent).filter(f -> !flows.underTest().equals(Optional.of(f)));
    return here && of.filter(Flow::isLeft).isPresent();
  }

  private String nothingCame(long latest) {
    boolean later = host.awaitSent(Math.max(latest, host.scriptNs()) + BEYOND_NS);
    String waited = "no packet until " + seconds(latest) + " s";
    return later
        ? waited
            + "; the next one leaves at "
            + seconds(host.sent().element().atNs())
            + " s: "
            + shown(host.sent().element())
        : waited + ", nor in the " + BEYOND_NS / 1_000_000_000L + " s after that";
  }

  private String shown(Segment sent) {
    return flows
        .of(sent)
        .map(f -> PacketComparer.line(sent, f))
        .orElseGet(() -> "one to " + sent.dst() + " port " + sent.dstPort());
  }

  /** A super-segment is cut, and neighbours are joined, to the length of the script. */
  private Segment fitted(PacketSpec.TcpSpec spec, long latest) {
    Deque<Segment> queue = host.sent();
    Segment sent = queue.remove();
    while (sent.length() < spec.length() && host.awaitSent(latest)) {
      if (!sent.isContinuedBy(queue.element())) {
        break;
      }
      sent = sent.joined(queue.remove());
    }
    int excess = sent.length() - spec.length();
    boolean whole = sent.gsoSize() > 0 && spec.length() % sent.gsoSize() == 0;
    if (excess > 0 && spec.length() > 0 && whole) {
      queue.addFirst(sent.tail(spec.length()));
      return sent.head(spec.length(), spec.flags() & TcpFlags.PSH);
    }
    boolean superSegment = sent.gsoSize() > 0 && sent.length() > sent.gsoSize();
    return superSegment && (spec.flags() & TcpFlags.PSH) == 0 ? sent.withoutPush() : sent;
  }

  private void check(
      ScriptEvent event, PacketSpec packet, PacketSpec.TcpSpec spec, Segment sent, Flow flow) {
    Optional<Flow> of = flows.of(sent);
    if (!flow.isOf(sent)) {
      throw ScriptException.failed(
          event.place(),
          "the packet is one of another connection: "
              + sent.src()
              + " port "
              + sent.srcPort()
              + " > "
              + sent.dst()
              + " port "
              + sent.dstPort()
              + of.map(f -> "; " + PacketComparer.line(sent, f)).orElse(""));
    }
    if (sent.has(TcpFlags.SYN)) {
      flow.onLocalSyn(sent.seq(), spec.seq());
    }
    String difference = PacketComparer.difference(packet, spec, sent, flow);
    if (!difference.isEmpty()) {
      throw ScriptException.failed(
          event.place(), "another packet left at " + seconds(sent.atNs()) + " s\n" + difference);
    }
    checkTime(event, sent.atNs());
    spec.options()
        .ifPresent(
            list ->
                list.forEach(
                    o -> {
                      if (o instanceof OptionSpec.Timestamps ts) {
                        flow.clock().learn(ts.val(), OptionTexts.tsVal(sent.options()));
                      } else if (o instanceof OptionSpec.FastOpen given
                          && PacketComparer.gives(given, sent)) {
                        flows.cookies().learn(given.digits(), OptionTexts.cookie(sent.options()));
                      }
                    }));
  }
}
