package org.mptcp4j.lab.demo;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.PacketTap;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.link.sim.SimRouter;

/**
 * A client with an interface on each path, and a server behind the router in which the paths meet:
 * a phone and a data centre, in virtual time.
 */
final class DemoNetwork implements AutoCloseable {
  static final String SERVER = "10.9.0.2";

  private static final int MTU = 1500;

  private final SimNetwork network;
  private final List<DemoPath> paths;
  private final List<SimLink> links = new ArrayList<>();
  private final MptcpStack client;
  private final MptcpStack server;
  private final SimHost clientHost;
  private final SimHost serverHost;

  DemoNetwork(long seed, List<DemoPath> paths) {
    this.network = new SimNetwork(seed);
    this.paths = List.copyOf(paths);
    this.client = stack(paths.stream().map(DemoPath::client).toList());
    this.server = stack(List.of(SERVER + "/24"));
    this.clientHost = network.host("client", client);
    SimRouter router = network.router("router");
    for (DemoPath path : paths) {
      SimLink link = network.link(path.name(), clientHost, router, path.profile());
      clientHost.address(link, IpAddress.parse(path.clientAddress()));
      links.add(link);
    }
    this.serverHost = network.host("server", server);
    SimLink last = network.link("server", router, serverHost, LinkProfile.perfect());
    serverHost.address(last, IpAddress.parse(SERVER));
    // The client sees its interface go; the server has to find out.
    clientHost.linkListener(
        (index, up) ->
            client.setLinkState(network.nowNs(), index, up ? LinkState.UP : LinkState.DOWN));
  }

  private MptcpStack stack(List<String> addresses) {
    StackBuilder builder =
        MptcpStack.builder().config(StackConfig.defaults()).random(network.newRandom());
    for (int i = 0; i < addresses.size(); i++) {
      builder.link(i, MTU).address(i, addresses.get(i));
    }
    return builder.build();
  }

  SimNetwork network() {
    return network;
  }

  List<DemoPath> paths() {
    return paths;
  }

  MptcpStack client() {
    return client;
  }

  MptcpStack server() {
    return server;
  }

  /** Runs the applications whenever their host has a turn. */
  void applications(Runnable ofClient, Runnable ofServer) {
    clientHost.onTurn(ofClient);
    serverHost.onTurn(ofServer);
  }

  /** Shows {@code tap} all packets at the client, those it sends and those that reach it. */
  void tapClient(PacketTap tap) {
    links.forEach(link -> link.tapAt(clientHost, tap));
  }

  /** Shows {@code tap} the packets that the client sends. */
  void tapSentByClient(PacketTap tap) {
    links.forEach(link -> link.from(clientHost).tapSent(tap));
  }

  /** Takes a path down, as a client that leaves the reach of a wireless network would. */
  void cut(int path) {
    links.get(path).down();
  }

  /** Ends what {@link #cut} did. */
  void restore(int path) {
    links.get(path).up();
  }

  double seconds() {
    return network.nowNs() / 1e9;
  }

  @Override
  public void close() {
    client.close();
    server.close();
    network.close();
  }
}
