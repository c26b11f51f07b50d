package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.mptcp4j.api.Activity;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;

/**
 * A client and a server with one link between them, in virtual time. The server echoes, and closes
 * when the client has finished. Closing it checks that no buffer is left.
 */
final class TwoHosts implements AutoCloseable {
  static final String CLIENT_V4 = "10.0.1.1";
  static final String SERVER_V4 = "10.0.1.2";
  static final String SERVER_V6 = "fd00:1::2";

  final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
  final SimNetwork net;
  final MptcpStack client;
  final MptcpStack server;
  final SimLink link;
  final List<StackEvent.Type> clientEvents = new ArrayList<>();
  final List<StackEvent.Type> serverEvents = new ArrayList<>();
  final List<Activity> clientActivities = new ArrayList<>();
  final List<Activity> serverActivities = new ArrayList<>();
  final StringBuilder received = new StringBuilder();
  final List<MptcpSocket> accepted = new ArrayList<>();
  boolean accepting = true;
  final SimHost clientHost;
  final SimHost serverHost;

  TwoHosts(StackConfig config) {
    this(config, builder -> builder);
  }

  TwoHosts(StackConfig config, java.util.function.UnaryOperator<StackBuilder> changes) {
    net = new SimNetwork(42, allocator);
    client =
        changes
            .apply(builder(config))
            .address(0, CLIENT_V4 + "/24")
            .address(0, "fd00:1::1/64")
            .activityListener(clientActivities::add)
            .build();
    server =
        builder(config)
            .address(0, SERVER_V4 + "/24")
            .address(0, SERVER_V6 + "/64")
            .activityListener(serverActivities::add)
            .build();
    clientHost = net.host("client", client);
    serverHost = net.host("server", server);
    link =
        net.link(
            "link", clientHost, serverHost, LinkProfile.of(100_000_000, LinkProfile.millis(5)));
    clientHost.onTurn(this::clientTurn);
    serverHost.onTurn(this::serverTurn);
  }

  private StackBuilder builder(StackConfig config) {
    return MptcpStack.builder()
        .config(config)
        .random(net.newRandom())
        .allocator(allocator)
        .link(0, 1500);
  }

  static InetSocketAddress at(String host, int port) {
    return new InetSocketAddress(host, port);
  }

  static ByteBuf bytes(UnpooledByteBufAllocator allocator, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return allocator.heapBuffer(bytes.length).writeBytes(bytes);
  }

  void write(MptcpSocket socket, String text) {
    socket.write(bytes(allocator, text));
    wake();
  }

  void wake() {
    clientHost.wake();
    serverHost.wake();
  }

  /** Lets time pass until the condition holds. */
  void await(BooleanSupplier condition) {
    assertThat(net.runUntil(condition, SimNetwork.seconds(600)))
        .as("within 600 s; client %s server %s", clientEvents, serverEvents)
        .isTrue();
  }

  private void clientTurn() {
    for (StackEvent event = client.pollEvent(); event != null; event = client.pollEvent()) {
      clientEvents.add(event.type());
      if (event.type() == StackEvent.Type.READABLE) {
        drainInto(event.socket(), received);
      }
    }
  }

  private static void drainInto(MptcpSocket socket, StringBuilder text) {
    for (ByteBuf piece = socket.read(); piece != null; piece = socket.read()) {
      text.append(piece.toString(StandardCharsets.US_ASCII));
      piece.release();
    }
  }

  private void serverTurn() {
    for (StackEvent event = server.pollEvent(); event != null; event = server.pollEvent()) {
      serverEvents.add(event.type());
      switch (event.type()) {
        case ACCEPTABLE -> acceptAll(event.server());
        case READABLE -> echo(event.socket());
        case END_OF_STREAM -> event.socket().close();
        default -> {
          // Nothing to do for an echo server.
        }
      }
    }
  }

  private void acceptAll(MptcpServerSocket from) {
    MptcpSocket s;
    while (accepting && (s = from.accept()) != null) {
      accepted.add(s);
    }
  }

  private static void echo(MptcpSocket socket) {
    for (ByteBuf piece = socket.read(); piece != null; piece = socket.read()) {
      socket.write(piece);
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
    net.close();
    assertThat(allocator.metric().usedHeapMemory()).as("heap bytes not released").isZero();
    assertThat(allocator.metric().usedDirectMemory()).as("direct bytes not released").isZero();
  }
}
