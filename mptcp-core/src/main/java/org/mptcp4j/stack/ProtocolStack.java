package org.mptcp4j.stack;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.StackUsage;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.mptcp.Connection;
import org.mptcp4j.mptcp.SubflowFactory;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathNews;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.tcp.FourTuple;

/** The stack: passes its verbs on to the sockets, the routes and the input. */
final class ProtocolStack implements MptcpStack {
  private final Services services;
  private final ConnectionConfigs configs;
  private final SubflowFactory defaults;
  private final Sockets sockets;
  private final PacketInput input;
  private long lastNs = Long.MIN_VALUE;

  ProtocolStack(Services services, ConnectionConfigs configs) {
    this.services = services;
    this.configs = configs;
    defaults = new SubflowFactory(configs.of(configs.stack().sockets()), services);
    sockets = new Sockets(services);
    sockets.acceptance().addPlaces(configs.pathManager());
    input = new PacketInput(sockets);
  }

  @Override
  public StackConfig config() {
    return configs.stack();
  }

  @Override
  public void onPackets(long nowNs, PacketBatch in) {
    long now = advance(nowNs);
    if (!sockets.isClosed()) {
      for (int i = 0; i < in.size(); i++) {
        input.onPacket(now, in.get(i));
      }
    }
    in.clear();
  }

  @Override
  public int pollHandover(PacketBatch out) {
    return input.pollHandover(out);
  }

  private long advance(long nowNs) {
    lastNs = Math.max(lastNs, nowNs);
    services.journal().now(lastNs);
    return lastNs;
  }

  private void requireOpen() {
    if (sockets.isClosed()) {
      throw new IllegalStateException("the stack is closed; build another one");
    }
  }

  private void requireRunning() {
    requireOpen();
    if (sockets.isShuttingDown()) {
      throw new IllegalStateException("the stack shuts down; build another one");
    }
  }

  @Override
  public void pollTransmit(long nowNs, PacketBatch out) {
    sockets.pollTransmit(advance(nowNs), out);
  }

  @Override
  public long nextTimeoutNs() {
    return sockets.nextTimeoutNs();
  }

  @Override
  public void onTimeout(long nowNs) {
    sockets.onTimeout(advance(nowNs));
  }

  @Override
  public StackEvent pollEvent() {
    return sockets.pollEvent();
  }

  @Override
  public MptcpSocket connect(long nowNs, InetSocketAddress remote) throws MptcpException {
    return connect(nowNs, remote, configs.stack().sockets());
  }

  @Override
  public MptcpSocket connect(long nowNs, InetSocketAddress remote, SocketOptions options)
      throws MptcpException {
    Objects.requireNonNull(options, "options");
    requireRunning();
    Binding binding = new Binding(services);
    FourTuple tuple = binding.forConnect(nowNs, remote, options);
    int link = services.linkFor(tuple.local(), tuple.remote());
    return sockets.connect(advance(nowNs), tuple, link, factory(options), options);
  }

  private SubflowFactory factory(SocketOptions options) {
    return options == configs.stack().sockets()
        ? defaults
        : new SubflowFactory(configs.of(options), services);
  }

  @Override
  public MptcpServerSocket listen(InetSocketAddress local, int backlog) throws MptcpException {
    return listen(local, backlog, configs.stack().sockets());
  }

  @Override
  public MptcpServerSocket listen(InetSocketAddress local, int backlog, SocketOptions options)
      throws MptcpException {
    Objects.requireNonNull(options, "options");
    requireRunning();
    if (backlog < 1) {
      throw new IllegalArgumentException("backlog must be at least 1, but is " + backlog);
    }
    Binding binding = new Binding(services);
    InetSocketAddress bound = binding.forListen(local);
    return sockets.acceptance().listen(bound, Binding.specific(bound), backlog, factory(options));
  }

  @Override
  public void addLink(int index, int mtu) {
    requireOpen();
    services.routes().addLink(index, mtu);
  }

  @Override
  public void addAddress(long nowNs, int linkIndex, IpPrefix address, Priority priority) {
    requireOpen();
    long now = advance(nowNs);
    Announce announce = Announce.of(configs.stack());
    LocalAddress added = services.routes().addAddress(linkIndex, address, priority, announce);
    forEach(now, c -> c.onLocalAddressAdded(now, added));
  }

  @Override
  public boolean removeAddress(long nowNs, IpAddress address) {
    requireOpen();
    long now = advance(nowNs);
    LocalAddress gone = services.routes().removeAddress(address);
    if (gone != null) {
      forEach(now, c -> c.onLocalAddressGone(now, gone));
    }
    return gone != null;
  }

  private void forEach(long nowNs, Consumer<Connection> verb) {
    for (ConnectionNode node : sockets.nodes().all()) {
      sockets.call(nowNs, node, verb);
    }
  }

  @Override
  public void setLinkState(long nowNs, int linkIndex, LinkState state) {
    requireOpen();
    long now = advance(nowNs);
    if (!services.routes().setState(linkIndex, state)) {
      return;
    }
    services.journal().link(linkIndex, state);
    if (state == LinkState.DOWN) {
      forEach(now, c -> c.onLinkDown(now, linkIndex));
    } else {
      forEach(now, c -> c.onLinkUp(now, linkIndex));
    }
  }

  @Override
  public void tellPathManagers(long nowNs, PathNews news) {
    requireOpen();
    Objects.requireNonNull(news, "news");
    long now = advance(nowNs);
    forEach(now, c -> c.news(news));
  }

  @Override
  public Map<String, Long> counters() {
    return services.counters().snapshot(services.flows().liveFlows());
  }

  @Override
  public Map<String, Long> allCounters() {
    return services.counters().all(services.flows().liveFlows());
  }

  @Override
  public StackUsage usage() {
    return new StackUsage(
        sockets.nodes().size(),
        sockets.halfOpenCount(),
        services.flows().live(),
        services.flows().waiting(),
        sockets.holdings().orphans(),
        sockets.holdings().heldBytes());
  }

  @Override
  public List<ConnectionInfo> connections() {
    return sockets.nodes().all().stream().map(n -> n.connection().info(n.id())).toList();
  }

  @Override
  public void shutdown(long nowNs, long deadlineNs) {
    sockets.shutdown(advance(nowNs), deadlineNs);
  }

  @Override
  public boolean isDrained() {
    return sockets.isDrained();
  }

  @Override
  public void close() {
    if (!sockets.isClosed()) {
      sockets.close(lastNs);
      input.close();
    }
  }
}
