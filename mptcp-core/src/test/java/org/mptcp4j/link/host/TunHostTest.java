package org.mptcp4j.link.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.MemoryLink;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.link.tun.TunLoop;
import org.mptcp4j.stack.CapturedLog;

/** A host on a link in memory whose application fails: only what it failed with ends. */
@EnabledOnOs(OS.LINUX)
class TunHostTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("10.0.1.2", 7);

  @RegisterExtension private final CapturedLog logged = new CapturedLog();
  private final MptcpStack stack = stack("10.0.1.2/24", 1);
  private final MptcpStack peer = stack("10.0.1.1/24", 2);
  private final MemoryLink link = new MemoryLink();
  private final PacketBatch batch = new PacketBatch(1);
  private final Set<StackEvent.Type> failsAt = EnumSet.noneOf(StackEvent.Type.class);
  private TunHost host;

  private static MptcpStack stack(String address, int seed) {
    return MptcpStack.builder().seed(seed).link(0, 1500).address(0, address).build();
  }

  private void start() throws Exception {
    TunHost.Builder builder = TunHost.builder().application(this::echo).closeLinger(Duration.ZERO);
    host = new TunHost(builder, stack, List.of(new TunLoop.Port(link, -1)));
    link.whenSent(() -> host.execute(() -> {}));
    host.call((now, s) -> s.listen(SERVER, 16)).get(20, TimeUnit.SECONDS);
  }

  private void failAt(StackEvent.Type type) throws Exception {
    host.call((now, s) -> failsAt.add(type)).get(20, TimeUnit.SECONDS);
  }

  private void echo(long nowNs, MptcpStack on, StackEvent event) {
    if (failsAt.remove(event.type())) {
      throw new AssertionError("of the application");
    }
    switch (event.type()) {
      case ACCEPTABLE -> {
        MptcpServerSocket server = event.server();
        for (MptcpSocket s = server.accept(); s != null; s = server.accept()) {
          echo(s);
        }
      }
      case READABLE -> echo(event.socket());
      default -> {
        // Of no interest.
      }
    }
  }

  private static void echo(MptcpSocket socket) {
    for (ByteBuf piece = socket.read(); piece != null; piece = socket.read()) {
      socket.write(piece);
    }
  }

  @AfterEach
  void close() {
    peer.shutdown(now(), now());
    moveFromPeer();
    peer.close();
    link.whenSent(() -> {});
    host.close();
    stack.close();
    batch.clear();
  }

  private static long now() {
    return System.nanoTime();
  }

  private void moveFromPeer() {
    peer.pollTransmit(now(), batch);
    while (batch.size() > 0) {
      link.give(batch.get(0));
      batch.clear();
      peer.pollTransmit(now(), batch);
    }
  }

  /** Lets the peer go on until something happens to a socket. */
  private StackEvent await(MptcpSocket socket, StackEvent.Type type) throws Exception {
    while (true) {
      moveFromPeer();
      for (StackEvent e = peer.pollEvent(); e != null; e = peer.pollEvent()) {
        if (e.type() == type && e.socket() == socket) {
          return e.copy();
        }
      }
      MemoryLink.Datagram next = link.take();
      assertThat(next).as("what leads to " + type).isNotNull();
      next.into(batch.add());
      peer.onPackets(now(), batch);
    }
  }

  private MptcpSocket connect() throws Exception {
    MptcpSocket socket = peer.connect(now(), SERVER);
    await(socket, StackEvent.Type.CONNECTED);
    return socket;
  }

  private void assertEchoes(MptcpSocket socket) throws Exception {
    socket.write(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
    await(socket, StackEvent.Type.READABLE);
    ByteBuf answer = socket.read();
    assertThat(answer.readableBytes()).isEqualTo(3);
    answer.release();
    assertThat(host.failure()).isNull();
  }

  private void assertReset(MptcpSocket socket) throws Exception {
    assertThat(await(socket, StackEvent.Type.CLOSED).error()).isEqualTo(SocketError.ECONNRESET);
  }

  @Test
  void onlyTheSocketThatTheApplicationFailedWithEnds() throws Exception {
    start();
    MptcpSocket other = connect();
    assertEchoes(other);
    MptcpSocket victim = connect();
    assertEchoes(victim);
    failAt(StackEvent.Type.READABLE);
    victim.write(Unpooled.wrappedBuffer(new byte[10]));
    assertReset(victim);
    assertEchoes(other);
    assertEchoes(connect());
    assertThat(logged.take())
        .singleElement()
        .asString()
        .contains("the application failed at READABLE of MptcpSocket[")
        .endsWith(", which ends");
  }

  @Test
  void whatIsNotAcceptedIsReset() throws Exception {
    start();
    MptcpSocket other = connect();
    assertEchoes(other);
    failAt(StackEvent.Type.ACCEPTABLE);
    MptcpSocket refused = connect();
    assertReset(refused);
    assertEchoes(other);
    assertEchoes(connect());
    assertThat(logged.take())
        .singleElement()
        .asString()
        .contains("the application failed to accept");
  }

  @Test
  void aCallHearsOfItsErrorWhateverThatIs() throws Exception {
    start();
    for (Throwable failure : List.of(new IOException("one"), new AssertionError("two"))) {
      CompletableFuture<Object> call =
          host.call(
              (now, s) -> {
                if (failure instanceof Error error) {
                  throw error;
                }
                throw (IOException) failure;
              });
      assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCause(failure);
    }
    assertEchoes(connect());
  }
}
