package org.mptcp4j.stack;

import io.netty.buffer.ByteBufAllocator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.Timeouts;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mptcp.Blackholes;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.mptcp.Destinations;
import org.mptcp4j.mptcp.MptcpCrypto;
import org.mptcp4j.mptcp.StackServices;
import org.mptcp4j.mptcp.TokenTable;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.tcp.EphemeralPorts;
import org.mptcp4j.tcp.FastOpenCache;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.IssGenerator;
import org.mptcp4j.tcp.PathMtuCache;
import org.mptcp4j.tcp.TcpConfig;

/** What all connections of a stack share. */
final class Services implements StackServices {
  private static final int V4_HEADERS = 40;
  private static final int V6_HEADERS = 60;
  private static final int LARGEST_MSS = 65_495;

  private final StackConfig config;
  private final ByteBufAllocator allocator;
  private final RandomGenerator random;
  private final Routes routes;
  private final Journal journal;
  private final StackCounters counters;
  private final MemoryAccount memory;
  private final MptcpCrypto crypto = new MptcpCrypto();
  private final ListenTable<Listener> listeners = new ListenTable<>();
  private final TokenTable<ConnectionNode> tokens;
  private final IssGenerator iss;
  private final PathMtuCache pathMtus;
  private final FastOpenCache fastOpens;
  private final Blackholes blackholes;
  private final EphemeralPorts ports;
  private final Flows flows;
  private final Membership membership;
  private final TcpConfig.Builder tcp;
  private final Map<Integer, TcpConfig> tcpConfigs = new HashMap<>();
  private TcpConfig lastTcp;

  Services(
      StackConfig config,
      Routes routes,
      ByteBufAllocator allocator,
      RandomGenerator random,
      Membership membership,
      Journal journal) {
    this.journal = journal;
    counters = new StackCounters(journal);
    this.membership = membership;
    this.config = config;
    this.routes = routes;
    this.allocator = allocator;
    this.random = random;
    tokens = new TokenTable<>(config.limits().connections(), membership.index(), membership.size());
    pathMtus = new PathMtuCache(config.timeouts().pathMtuSearchNs());
    memory = new MemoryAccount(config.limits().memoryBytes(), membership.held(), counters);
    iss = membership.newNumbers(random);
    fastOpens = new FastOpenCache(config.timeouts().fastOpenBlackholeNs());
    blackholes = new Blackholes(config.timeouts().blackholeNs());
    ports =
        new EphemeralPorts(
            random, config.tcp().firstEphemeralPort(), config.tcp().lastEphemeralPort());
    flows =
        new Flows(
            new FlowTable<>(random.nextLong(), random.nextLong()),
            config.limits().flows(),
            config.limits().timeWait(),
            counters,
            membership);
    tcp =
        TcpConfig.builder()
            .options(config.tcp())
            .timeouts(config.timeouts())
            .limits(config.limits());
    lastTcp = tcp.build();
  }

  StackConfig config() {
    return config;
  }

  /**
   * How long a passive connection may take to become one: longer than its SYN/ACKs are repeated. A
   * peer that completes TCP's handshake and never shows its key would stay half open for ever.
   */
  long halfOpenNs() {
    Timeouts timeouts = config.timeouts();
    int longer = config.tcp().synAckRetries() + 1;
    return TcpConfig.backOffNs(longer, timeouts.initialRtoNs(), timeouts.maxRtoNs());
  }

  Routes routes() {
    return routes;
  }

  ListenTable<Listener> listeners() {
    return listeners;
  }

  TokenTable<ConnectionNode> tokens() {
    return tokens;
  }

  /** Where it is told what happens. */
  Journal journal() {
    return journal;
  }

  /** Where connections and their flows are registered. */
  Indexes indexes() {
    return new Indexes(tokens, flows, counters, journal);
  }

  Membership membership() {
    return membership;
  }

  Flows flows() {
    return flows;
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public int tokenAttempts() {
    return tokens.attempts();
  }

  @Override
  public boolean isTokenFree(int token) {
    return tokens.isFree(token);
  }

  @Override
  public MptcpCrypto crypto() {
    return crypto;
  }

  @Override
  public MemoryAccount memory() {
    return memory;
  }

  @Override
  public StackCounters counters() {
    return counters;
  }

  @Override
  public IssGenerator iss() {
    return iss;
  }

  @Override
  public PathMtuCache pathMtus() {
    return pathMtus;
  }

  @Override
  public FastOpenCache fastOpens() {
    return fastOpens;
  }

  @Override
  public Blackholes blackholes() {
    return blackholes;
  }

  @Override
  public int iss(long nowNs, FourTuple tuple) {
    return flows.iss(tuple, iss.iss(nowNs, tuple));
  }

  @Override
  public int ephemeralPort(long nowNs, IpAddress local, IpAddress remote, int remotePort) {
    int port =
        ports.choose(
            local,
            remote,
            remotePort,
            candidate ->
                membership.isOwnPort(candidate)
                    && mayConnectFrom(nowNs, local, candidate, remote, remotePort));
    if (port > 0) {
      flows.take(local, port, remote, remotePort);
    }
    return Math.max(port, 0);
  }

  /**
   * Whether a connection of this stack may begin there; one in TIME-WAIT may have to end for it.
   */
  boolean mayConnectFrom(long nowNs, IpAddress local, int port, IpAddress remote, int remotePort) {
    if (listeners.conflicts(local, port)) {
      return false;
    }
    FlowEntry entry = flows.find(local, port, remote, remotePort);
    return entry == null
        ? membership.isUnclaimed(local, port, remote, remotePort)
        : config.tcp().timeWaitReuse()
            && entry instanceof FlowEntry.Waiting waiting
            && waiting.sock.mayBeReused(nowNs);
  }

  @Override
  public int linkFor(IpAddress local, IpAddress remote) {
    return routes.linkFor(local, remote);
  }

  @Override
  public Optional<LocalAddress> localFor(IpAddress remote) {
    IpAddress source = routes.sourceFor(remote);
    return routes.usable().stream().filter(a -> a.address().equals(source)).findFirst();
  }

  @Override
  public Destinations destinations() {
    return routes;
  }

  @Override
  public TcpConfig tcpConfig(int linkIndex, FourTuple tuple, ConnectionConfig connection) {
    int headers = tuple.local().isV4() ? V4_HEADERS : V6_HEADERS;
    int asked = connection.socket().tcp().maxSegmentSize();
    int carried = Math.min(LARGEST_MSS, routes.mtu(linkIndex) - headers);
    int mss = asked > 0 ? Math.min(asked, carried) : carried;
    int scale = windowScale(connection.receiveBuffer().maxBytes());
    boolean pacing = connection.socket().pacing();
    if (mss != lastTcp.mss() || scale != lastTcp.windowScale() || pacing != lastTcp.pacing()) {
      lastTcp =
          tcpConfigs.computeIfAbsent(
              (mss << 4 | scale) << 1 | (pacing ? 1 : 0),
              key -> tcp.mss(mss).pacing(pacing).windowScale(scale).build());
    }
    return lastTcp;
  }

  /**
   * The smallest shift with which the window field can tell of the whole buffer. RFC 7323 section
   * 2.2.
   */
  static int windowScale(int receiveBufferBytes) {
    int shift = 0;
    while (shift < 14 && receiveBufferBytes >>> shift > 65_535) {
      shift++;
    }
    return shift;
  }

  @Override
  public List<LocalAddress> localAddresses() {
    return routes.usable();
  }
}
