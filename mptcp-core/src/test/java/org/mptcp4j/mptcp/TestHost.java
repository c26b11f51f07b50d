package org.mptcp4j.mptcp;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.tcp.FastOpenAnswer;
import org.mptcp4j.tcp.FastOpenCache;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.IssGenerator;
import org.mptcp4j.tcp.PathMtuCache;
import org.mptcp4j.tcp.TcpConfig;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * The least that can drive connections: a flow map, a listener on every port, timers by polling.
 */
final class TestHost implements StackServices {
  private record Known(TestApp app, Flow flow) {}

  final List<TestApp> apps = new ArrayList<>();
  final List<LocalAddress> locals = new ArrayList<>();
  final Map<Mib, Long> counted = new EnumMap<>(Mib.class);
  ConnectionConfig config = ConnectionConfig.defaults();
  TcpConfig tcp = TcpConfig.defaults();
  StackMemory memory = StackMemory.UNLIMITED;

  /** The configuration of a socket opened without options on a stack with these changes. */
  static ConnectionConfig config(Consumer<StackConfig.Builder> changes) {
    StackConfig.Builder builder = StackConfig.builder();
    changes.accept(builder);
    return ConnectionConfig.of(builder.build());
  }

  /** Whether there is a way to any address, and a port to begin from. */
  boolean reachesAll = true;

  boolean hasPorts = true;
  int mss = 1460;
  int rejectedJoins;
  boolean acceptedFinish = true;

  private final TestNet net;
  private final int number;
  private final SplittableRandom random;
  private final TokenTable<TestApp> tokens = new TokenTable<>(1000);
  private final MptcpCrypto crypto = new MptcpCrypto();
  private final IssGenerator iss;
  private final PathMtuCache pathMtus = new PathMtuCache(600_000 * TestNet.MS);
  private final Map<FourTuple, Known> flows = new HashMap<>();
  private final TxSegment out = new TxSegment();
  private final FastOpenCache fastOpens = new FastOpenCache(0);
  private final Blackholes blackholes = new Blackholes(3_600_000 * TestNet.MS);
  private int nextPort = 40_000;

  TestHost(TestNet net, int number, SplittableRandom random) {
    this.net = net;
    this.number = number;
    this.random = random;
    iss = new IssGenerator(random);
    for (int i = 0; i < net.paths.length; i++) {
      locals.add(new LocalAddress(i + 1, address(i), i));
    }
  }

  IpAddress address(int path) {
    return IpAddress.ofV4(10 << 24 | path << 8 | number);
  }

  void announceAll() {
    locals.replaceAll(
        a -> new LocalAddress(a.id(), a.address(), a.linkIndex(), Priority.NORMAL, true));
  }

  void makeBackup(int path) {
    LocalAddress a = locals.get(path);
    locals.set(
        path, new LocalAddress(a.id(), a.address(), a.linkIndex(), Priority.BACKUP, a.announce()));
  }

  TestApp connect(TestHost peer, TestApp app) {
    FourTuple tuple = new FourTuple(address(0), nextPort++, peer.address(0), 80);
    app.connection =
        Connection.connect(net.nowNs(), factory(), tuple, 0, new Entries(app)).orElseThrow();
    apps.add(app);
    return app;
  }

  private SubflowFactory factory() {
    return new SubflowFactory(config, this);
  }

  long count(Mib counter) {
    return counted.getOrDefault(counter, 0L);
  }

  int flows() {
    return flows.size();
  }

  int tokensInUse() {
    return tokens.size();
  }

  // ---- driving

  void onSegment(RxSegment rx, int link) {
    FourTuple tuple = new FourTuple(rx.dst(), rx.dstPort(), rx.src(), rx.srcPort());
    Known known = flows.get(tuple);
    if (known != null) {
      known.app.connection.onSegment(net.nowNs(), known.flow, rx);
      return;
    }
    if (!rx.syn() || rx.hasAck()) {
      return;
    }
    MpJoinSyn join = rx.options().mptcp(MpJoinSyn.class);
    if (join != null) {
      TestApp joined = tokens.get(join.token());
      Optional<MptcpCb> cb = joined == null ? Optional.empty() : joined.connection.cb();
      if (cb.map(c -> c.acceptJoin(net.nowNs(), rx, join, link)).orElse(JoinVerdict.NO_TOKEN)
          != JoinVerdict.ACCEPTED) {
        rejectedJoins++;
      }
      return;
    }
    TestApp app = new TestApp(net);
    app.finish = acceptedFinish;
    app.connection =
        Connection.accept(net.nowNs(), factory(), rx, link, new Entries(app), FastOpenAnswer.NONE)
            .orElseThrow();
    apps.add(app);
  }

  void pump() {
    boolean again = true;
    while (again) {
      again = false;
      for (TestApp app : List.copyOf(apps)) {
        app.run();
        while (app.connection.pollTransmit(net.nowNs(), out)) {
          net.send(this, out);
          out.clear();
          again = true;
        }
        ConnectionMemory.keep(app.connection.meta(), app.connection.flows());
        ConnectionMemory.receivedBytes(app.connection.meta(), app.connection.flows());
      }
    }
  }

  long nextTimeoutNs() {
    long next = Long.MAX_VALUE;
    for (TestApp app : apps) {
      if (!app.connection.done()) {
        next = Math.min(next, app.connection.nextTimeoutNs());
      }
    }
    return next;
  }

  void onTimeout() {
    for (TestApp app : apps) {
      if (!app.connection.done() && app.connection.nextTimeoutNs() <= net.nowNs()) {
        app.connection.onTimeout(net.nowNs());
      }
    }
  }

  void close() {
    for (TestApp app : apps) {
      app.connection.release();
    }
  }

  // ---- services

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
  public StackMemory memory() {
    return memory;
  }

  @Override
  public MptcpCrypto crypto() {
    return crypto;
  }

  @Override
  public Counters counters() {
    return (counter, count) -> counted.merge(counter, count, Long::sum);
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
    return iss.iss(nowNs, tuple);
  }

  @Override
  public int ephemeralPort(long nowNs, IpAddress local, IpAddress remote, int remotePort) {
    return hasPorts ? nextPort++ : 0;
  }

  @Override
  public int linkFor(IpAddress local, IpAddress remote) {
    return !reachesAll ? -1 : local.v4Bits() >> 8 & 0xff;
  }

  @Override
  public Destinations destinations() {
    return (announced, initialRemote) -> announced.isUnicast();
  }

  @Override
  public TcpConfig tcpConfig(int linkIndex, FourTuple tuple, ConnectionConfig c) {
    return tcp.withMss(mss);
  }

  @Override
  public List<LocalAddress> localAddresses() {
    return locals;
  }

  /** Where the connection of an application is registered. */
  private final class Entries implements Registration {
    private final TestApp app;

    Entries(TestApp app) {
      this.app = app;
    }

    @Override
    public boolean addToken(int token) {
      return tokens.add(token, app);
    }

    @Override
    public void removeToken(int token) {
      tokens.remove(token);
    }

    @Override
    public boolean addFlow(Flow flow) {
      return flows.putIfAbsent(flow.tuple(), new Known(app, flow)) == null;
    }

    @Override
    public void replaceFlow(Flow by) {
      flows.put(by.tuple(), new Known(app, by));
    }

    @Override
    public void removeFlow(Flow flow) {
      flows.remove(flow.tuple());
    }

    @Override
    public void path(PathEvent event) {
      app.paths.add(event);
    }

    @Override
    public void log(PathEvent event) {
      // There is no log.
    }
  }
}
