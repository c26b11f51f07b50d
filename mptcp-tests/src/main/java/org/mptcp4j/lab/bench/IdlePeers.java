package org.mptcp4j.lab.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.pm.Priority;

/**
 * A client and a server with two paths between them, in virtual time. The server answers a byte
 * with a byte and then waits.
 */
final class IdlePeers implements AutoCloseable {
  private static final int FIRST_PORT = 9000;
  private static final int CONNECTIONS_PER_PORT = 8000;
  private static final int SUBFLOWS = 2;
  private static final int MTU = 1500;
  private static final int BATCH = 50;
  private static final long SECOND_NS = 1_000_000_000L;

  private final SimNetwork network;
  private final ByteBufAllocator allocator;
  private final MptcpStack client;
  private final MptcpStack server;
  private final SimHost clientHost;
  private final InetAddress address;
  private int opened;
  private int answered;

  /**
   * Makes two stacks and lets the server listen.
   *
   * @param connections how many will be opened at most, over the whole life of the object
   */
  IdlePeers(int connections, ByteBufAllocator allocator) {
    this.allocator = allocator;
    network = new SimNetwork(1, allocator);
    client = stack(connections);
    server = stack(connections);
    clientHost = network.host("client", client);
    SimHost serverHost = network.host("server", server);
    path(1, clientHost, serverHost);
    path(2, clientHost, serverHost);
    address = IpAddress.parse("10.1.0.2").toInetAddress();
    clientHost.onTurn(this::clientTurn);
    serverHost.onTurn(this::serverTurn);
    try {
      for (int port = 0; port <= connections / CONNECTIONS_PER_PORT; port++) {
        server.listen(new InetSocketAddress(FIRST_PORT + port), BATCH);
      }
    } catch (MptcpException e) {
      throw new UncheckedIOException(e);
    }
  }

  private MptcpStack stack(int connections) {
    Limits limits =
        Limits.builder().connections(connections + 1).flows(SUBFLOWS * connections + 1).build();
    StackConfig config =
        StackConfig.builder()
            .limits(limits)
            .timeouts(t -> t.timeWait(Duration.ofSeconds(1)))
            .build();
    return MptcpStack.builder()
        .config(config)
        .allocator(allocator)
        .random(network.newRandom())
        .build();
  }

  private void path(int number, SimHost atClient, SimHost atServer) {
    LinkProfile profile = LinkProfile.of(0, LinkProfile.millis(1));
    SimLink link = network.link("path" + number, atClient, atServer, profile);
    attach(link, atClient, client, "10." + number + ".0.1");
    attach(link, atServer, server, "10." + number + ".0.2");
  }

  private void attach(SimLink link, SimHost host, MptcpStack stack, String ip) {
    int index = link.interfaceIndex(host);
    stack.addLink(index, MTU);
    stack.addAddress(network.nowNs(), index, ip + "/24", Priority.NORMAL);
    host.address(link, IpAddress.parse(ip));
  }

  private void clientTurn() {
    for (StackEvent event = client.pollEvent(); event != null; event = client.pollEvent()) {
      if (event.type() == StackEvent.Type.CONNECTED) {
        event.socket().write(oneByte());
      } else if (event.type() == StackEvent.Type.READABLE) {
        answered += readAll(event.socket());
      }
    }
  }

  private void serverTurn() {
    for (StackEvent event = server.pollEvent(); event != null; event = server.pollEvent()) {
      if (event.type() == StackEvent.Type.ACCEPTABLE) {
        acceptAll(event.server());
      } else if (event.type() == StackEvent.Type.READABLE) {
        answer(event.socket());
      }
    }
  }

  private void acceptAll(MptcpServerSocket listener) {
    MptcpSocket socket;
    while ((socket = listener.accept()) != null) {
      answer(socket);
    }
  }

  private void answer(MptcpSocket socket) {
    if (readAll(socket) > 0) {
      socket.write(oneByte());
    }
  }

  private ByteBuf oneByte() {
    return allocator.buffer(1).writeByte('x');
  }

  private static int readAll(MptcpSocket socket) {
    int bytes = 0;
    ByteBuf piece;
    while ((piece = socket.read()) != null) {
      bytes += piece.readableBytes();
      piece.release();
    }
    return bytes;
  }

  /**
   * Opens connections, some at a time, and returns when each has two subflows and exchanged a byte
   * each way.
   */
  void open(int connections) {
    for (int left = connections; left > 0; left -= BATCH) {
      for (int i = 0; i < Math.min(left, BATCH); i++) {
        connect();
      }
      settle();
    }
  }

  /**
   * Opens one connection completely and aborts it.
   *
   * @return nanoseconds of real time that opening it took, both ends and the network together
   */
  long openAndAbort() {
    int connectionsBefore = server.usage().connections();
    long start = System.nanoTime();
    MptcpSocket socket = connect();
    settle();
    long took = System.nanoTime() - start;
    socket.abort();
    opened--;
    answered--;
    clientHost.wake();
    require(
        "an aborted connection is forgotten",
        () -> server.usage().connections() == connectionsBefore);
    return took;
  }

  private MptcpSocket connect() {
    int port = FIRST_PORT + opened / CONNECTIONS_PER_PORT;
    try {
      MptcpSocket socket = client.connect(network.nowNs(), new InetSocketAddress(address, port));
      opened++;
      clientHost.wake();
      return socket;
    } catch (MptcpException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void settle() {
    require(
        opened + " connections with two subflows",
        () ->
            answered == opened
                && server.usage().flows() == SUBFLOWS * opened
                && client.usage().flows() == SUBFLOWS * opened);
  }

  private void require(String what, BooleanSupplier condition) {
    if (!network.runUntil(condition, SimNetwork.seconds(10))) {
      throw LabException.failed(
          "not reached: " + what + "; client " + client.usage() + ", server " + server.usage());
    }
  }

  /** Lets virtual time pass. */
  void runFor(Duration time) {
    network.runFor(time);
  }

  /** The present virtual time. */
  long nowNs() {
    return network.nowNs();
  }

  /** The server's stack, with all its sockets. */
  MptcpStack server() {
    return server;
  }

  /** Ends the client and the network, without a word to the server, which is left as it is. */
  @Override
  public void close() {
    client.close();
    network.close();
  }
}
