package org.mptcp4j.testkit.byhand;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mptcp.Blackholes;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.mptcp.Destinations;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.mptcp.MptcpCrypto;
import org.mptcp4j.mptcp.PathEvent;
import org.mptcp4j.mptcp.Registration;
import org.mptcp4j.mptcp.StackMemory;
import org.mptcp4j.mptcp.StackServices;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.tcp.FastOpenCache;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.IssGenerator;
import org.mptcp4j.tcp.PathMtuCache;
import org.mptcp4j.tcp.TcpConfig;

/** What one connection needs of a stack: one address, one link, and indexes of its own. */
final class StackByHand implements StackServices, Registration {
  private static final long HOUR_NS = 3_600_000_000_000L;

  private final SplittableRandom random = new SplittableRandom(1);
  private final IssGenerator iss = new IssGenerator(random);
  private final MptcpCrypto crypto = new MptcpCrypto();
  private final PathMtuCache pathMtus = new PathMtuCache(HOUR_NS);
  private final FastOpenCache fastOpens = new FastOpenCache(0);
  private final Blackholes blackholes = new Blackholes(HOUR_NS);
  private final LocalAddress address;
  private final MibCounts counters = new MibCounts();
  private final Set<Integer> tokens = new HashSet<>();
  private final TreeMap<Integer, Flow> flows = new TreeMap<>();
  private final List<PathEvent> events = new ArrayList<>();
  private int nextPort = 40_000;

  StackByHand(IpAddress local) {
    address = new LocalAddress(1, local, 0);
  }

  Flow flow(int number) {
    Flow flow = flows.get(number);
    if (flow == null) {
      throw new IllegalArgumentException("no subflow " + number + " lives, but " + flows.keySet());
    }
    return flow;
  }

  /** The number of the flow that was registered last. */
  int lastFlow() {
    return flows.lastKey();
  }

  List<PathEvent> takeEvents() {
    List<PathEvent> all = List.copyOf(events);
    events.clear();
    return all;
  }

  // ---- what a connection uses of its stack

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public int tokenAttempts() {
    return 8;
  }

  @Override
  public boolean isTokenFree(int token) {
    return !tokens.contains(token);
  }

  @Override
  public MptcpCrypto crypto() {
    return crypto;
  }

  @Override
  public StackMemory memory() {
    return StackMemory.UNLIMITED;
  }

  @Override
  public MibCounts counters() {
    return counters;
  }

  @Override
  public IssGenerator iss() {
    return iss;
  }

  @Override
  public int iss(long nowNs, FourTuple tuple) {
    return iss.iss(nowNs, tuple);
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
  public int ephemeralPort(long nowNs, IpAddress local, IpAddress remote, int remotePort) {
    return nextPort++;
  }

  @Override
  public int linkFor(IpAddress local, IpAddress remote) {
    return 0;
  }

  @Override
  public Destinations destinations() {
    return (announced, initialRemote) -> announced.isUnicast();
  }

  @Override
  public TcpConfig tcpConfig(int linkIndex, FourTuple tuple, ConnectionConfig config) {
    return TcpConfig.defaults();
  }

  @Override
  public List<LocalAddress> localAddresses() {
    return List.of(address);
  }

  // ---- where it is registered

  @Override
  public boolean addToken(int token) {
    return tokens.add(token);
  }

  @Override
  public void removeToken(int token) {
    tokens.remove(token);
  }

  @Override
  public boolean addFlow(Flow flow) {
    return flows.putIfAbsent(flow.id(), flow) == null;
  }

  @Override
  public void replaceFlow(Flow by) {
    flows.put(by.id(), by);
  }

  @Override
  public void removeFlow(Flow flow) {
    flows.remove(flow.id());
  }

  @Override
  public void path(PathEvent event) {
    events.add(event);
  }

  @Override
  public void log(PathEvent event) {
    events.add(event);
  }
}
