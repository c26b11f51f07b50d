package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.netty.Pair.hash;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A channel that is registered with no event loop, as with the transports of Netty: its pipeline
 * hears of nothing until it is registered again, and then of all that came; a host that closes
 * resets it as every other.
 */
class DeregisteredChannelTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** One end of a connection is deregistered. */
  private static final class Ends implements AutoCloseable {
    private final Recorder there = new Order();
    private final Pair pair = new Pair(there).listening();
    private final MptcpChannel channel;
    private final Recorder of;
    private final Channel peer;
    private final Recorder ofPeer;
    private final MptcpHost host;

    Ends(boolean mptcp, boolean client) {
      this(mptcp, client, false);
    }

    Ends(boolean mptcp, boolean client, boolean halfClosure) {
      pair.connected(
          pair.bootstrap()
              .option(MptcpChannelOption.MPTCP, mptcp)
              .option(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure));
      pair.atServer.channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure);
      pair.net.runFor(SECOND);
      channel = (MptcpChannel) (client ? pair.client : pair.atServer.channel);
      of = client ? pair.atClient : pair.atServer;
      peer = client ? pair.atServer.channel : pair.client;
      ofPeer = client ? pair.atServer : pair.atClient;
      host = client ? pair.net.client() : pair.net.server();
    }

    void deregister() {
      pair.net.await(channel.deregister());
      assertThat(channel.isRegistered()).isFalse();
    }

    void registerAgain() {
      pair.net.await(pair.register(channel));
      pair.net.runFor(SECOND);
    }

    @Override
    public void close() {
      pair.close();
    }
  }

  /** Notes what comes unregistered. */
  private static class Order extends Recorder {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      assertThat(ctx.channel().isRegistered()).isTrue();
      super.channelRead(ctx, msg);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void whatComesMeanwhileIsReadAfterwards(boolean mptcp, boolean client) {
    try (Ends ends = new Ends(mptcp, client)) {
      ends.deregister();
      ends.peer.writeAndFlush(payload(1_000));
      ends.pair.net.runFor(SECOND);
      assertThat(ends.of.bytes).isZero();
      ends.registerAgain();
      assertThat(ends.of.bytes).isEqualTo(1_000);
      assertThat(ends.of.inactive).isFalse();
      ends.peer.writeAndFlush(payload(1_000));
      ends.pair.net.runFor(SECOND);
      assertThat(ends.of.bytes).as("and it goes on").isEqualTo(2_000);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void anEndThatComesMeanwhileIsFoundAfterTheLastByte(boolean mptcp, boolean client) {
    try (Ends ends = new Ends(mptcp, client)) {
      ends.deregister();
      ends.peer.writeAndFlush(payload(1_000));
      ends.peer.close();
      ends.pair.net.runFor(SECOND);
      assertThat(ends.of.bytes).isZero();
      assertThat(ends.of.inactive).isFalse();
      assertThat(ends.channel.isOpen()).isTrue();
      ends.registerAgain();
      assertThat(ends.of.bytes).isEqualTo(1_000);
      assertThat(ends.of.inactive).isTrue();
      assertThat(ends.of.failures).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void theEndOfHalfAStreamIsFoundOnce(boolean mptcp, boolean client) {
    try (Ends ends = new Ends(mptcp, client, true)) {
      ends.deregister();
      ends.peer.writeAndFlush(payload(1_000));
      ((SocketChannel) ends.peer).shutdownOutput();
      ends.pair.net.runFor(SECOND);
      assertThat(ends.of.events).doesNotContain(ChannelInputShutdownEvent.INSTANCE);
      ends.registerAgain();
      assertThat(ends.of.bytes).isEqualTo(1_000);
      assertThat(ends.of.eventsOf(ChannelInputShutdownEvent.class)).hasSize(1);
      ends.channel.writeAndFlush(payload(700));
      ends.pair.net.runFor(SECOND);
      assertThat(ends.ofPeer.bytes).isEqualTo(700);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void aResetThatComesMeanwhileIsReportedAfterTheLastByte(boolean mptcp, boolean client) {
    try (Ends ends = new Ends(mptcp, client)) {
      ends.deregister();
      ends.peer.writeAndFlush(payload(1_000));
      ends.pair.net.runFor(SECOND);
      ends.peer.config().setOption(ChannelOption.SO_LINGER, 0);
      ends.peer.close();
      ends.pair.net.runFor(SECOND);
      assertThat(ends.of.bytes).isZero();
      assertThat(ends.of.failures).isEmpty();
      ends.registerAgain();
      assertThat(ends.of.bytes).isEqualTo(1_000);
      assertThat(ends.of.failures).singleElement().isInstanceOf(IOException.class);
      assertThat(ends.of.inactive).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void whatWaitedToBeSentIsSentAfterwards(boolean mptcp, boolean client) {
    try (Ends ends = new Ends(mptcp, client)) {
      ByteBuf data = payload(20_000_000);
      long expected = hash(data);
      ChannelFuture written = ends.channel.writeAndFlush(data);
      ends.deregister();
      ends.pair.net.runFor(Duration.ofSeconds(10));
      assertThat(written.isDone()).isFalse();
      ends.registerAgain();
      ends.pair.until(() -> ends.ofPeer.bytes == 20_000_000);
      assertThat(ends.ofPeer.hash.getValue()).isEqualTo(expected);
      assertThat(written.isSuccess()).isTrue();
    }
  }

  // Section 1 of the promise about bytes: a peer must not take what was cut off for the whole.
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void aHostThatClosesResetsIt(boolean mptcp, boolean client) {
    try (Ends ends = new Ends(mptcp, client, true)) {
      ChannelFuture written = ends.channel.writeAndFlush(payload(20_000_000));
      ends.pair.net.runFor(Duration.ofMillis(100));
      ends.deregister();
      ends.host.close();
      ends.pair.until(() -> ends.ofPeer.inactive);
      assertThat(ends.ofPeer.events).doesNotContain(ChannelInputShutdownEvent.INSTANCE);
      assertThat(ends.ofPeer.failures).singleElement().isInstanceOf(IOException.class);
      assertThat(ends.channel.isOpen()).isFalse();
      assertThat(written.isDone()).isTrue();
      assertThat(written.isSuccess()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void itIsClosedInOrder(boolean mptcp, boolean client) {
    try (Ends ends = new Ends(mptcp, client)) {
      ends.deregister();
      ends.channel.writeAndFlush(payload(1_000));
      ends.pair.net.await(ends.channel.close());
      ends.pair.until(() -> ends.ofPeer.inactive);
      assertThat(ends.ofPeer.bytes).isEqualTo(1_000);
      assertThat(ends.ofPeer.failures).isEmpty();
      ChannelFuture again = ends.pair.register(ends.channel);
      ends.pair.net.runFor(SECOND);
      assertThat(again.cause()).isInstanceOf(ClosedChannelException.class);
    }
  }

  // A channel stays on its event loop. What it had not sent is lost, and so the peer hears of it.
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void onAnotherEventLoopItIsReset(boolean mptcp, boolean client) throws Exception {
    DefaultEventLoop other = new DefaultEventLoop();
    try (Ends ends = new Ends(mptcp, client, true)) {
      ChannelFuture written = ends.channel.writeAndFlush(payload(20_000_000));
      ends.pair.net.runFor(Duration.ofMillis(100));
      ends.deregister();
      ChannelFuture moved = other.register(ends.channel).await();
      assertThat(moved.cause()).isInstanceOf(IllegalStateException.class);
      assertThat(ends.channel.isOpen()).isFalse();
      assertThat(written.await().isSuccess()).isFalse();
      ends.pair.until(() -> ends.ofPeer.inactive);
      assertThat(ends.ofPeer.events).doesNotContain(ChannelInputShutdownEvent.INSTANCE);
      assertThat(ends.ofPeer.failures).singleElement().isInstanceOf(IOException.class);
    } finally {
      other.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).sync();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerToConnectWaits(boolean listening) {
    try (Pair pair = new Pair(new Recorder())) {
      if (listening) {
        pair.listening();
      }
      ChannelFuture connecting = pair.bootstrap().connect(SimulatedNetwork.SERVER, 80);
      Channel channel = connecting.channel();
      pair.net.await(channel.deregister());
      pair.net.runFor(SECOND);
      assertThat(connecting.isDone()).isFalse();
      assertThat(channel.isActive()).isFalse();
      pair.net.await(pair.register(channel));
      pair.net.runFor(SECOND);
      assertThat(connecting.isSuccess()).isEqualTo(listening);
      assertThat(pair.atClient.active).isEqualTo(listening);
      if (!listening) {
        assertThat(connecting.cause()).isInstanceOf(ConnectException.class);
      }
    }
  }

  @Test
  void whatWasNotConnectedYetMayBeClosedOrRegisteredAgain() {
    try (Pair pair = new Pair(new Recorder()).listening()) {
      Channel channel = pair.net.await(pair.bootstrap().register()).channel();
      pair.net.await(channel.deregister());
      pair.net.await(pair.register(channel));
      pair.net.await(channel.connect(new InetSocketAddress(SimulatedNetwork.SERVER, 80)));
      pair.until(() -> pair.atServer.active);
      Channel another = pair.net.await(pair.bootstrap().register()).channel();
      pair.net.await(another.deregister());
      pair.net.await(another.close());
      assertThat(another.isOpen()).isFalse();
    }
  }

  @Test
  void aServerAcceptsAfterwardsWhoCameMeanwhile() {
    try (Pair pair = new Pair(new Recorder()).listening()) {
      pair.net.await(pair.server.deregister());
      pair.client =
          (MptcpChannel)
              pair.net.await(pair.bootstrap().connect(SimulatedNetwork.SERVER, 80)).channel();
      pair.client.writeAndFlush(payload(1_000));
      pair.net.runFor(SECOND);
      assertThat(pair.atServer.active).isFalse();
      pair.net.await(pair.register(pair.server));
      pair.net.runFor(SECOND);
      assertThat(pair.atServer.active).isTrue();
      assertThat(pair.atServer.bytes).isEqualTo(1_000);
    }
  }

  @Test
  void aHostThatClosesEndsAServerToo() {
    try (Pair pair = new Pair(new Recorder()).listening()) {
      pair.net.await(pair.server.deregister());
      pair.net.server().close();
      pair.net.runFor(SECOND);
      assertThat(pair.server.isOpen()).isFalse();
    }
  }

  /** Takes accepted channels without registering them. */
  private static final class Keeper extends ChannelInboundHandlerAdapter {
    private final List<MptcpChannel> kept = new ArrayList<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      kept.add((MptcpChannel) msg);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAcceptedChannelThatWasNeverRegisteredWaitsAsWell(boolean mptcp) {
    Keeper keeper = new Keeper();
    Recorder late = new Order();
    try (Pair pair = new Pair(new Recorder())) {
      pair.server = pair.net.await(pair.serverBootstrap().handler(keeper).bind(80)).channel();
      pair.client =
          (MptcpChannel)
              pair.net
                  .await(
                      pair.bootstrap()
                          .option(MptcpChannelOption.MPTCP, mptcp)
                          .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                          .connect(SimulatedNetwork.SERVER, 80))
                  .channel();
      pair.client.writeAndFlush(Unpooled.wrappedBuffer(new byte[1_000]));
      pair.net.runFor(SECOND);
      MptcpChannel accepted = keeper.kept.get(0);
      accepted.pipeline().addLast(late);
      pair.net.await(pair.register(accepted));
      pair.net.runFor(SECOND);
      assertThat(late.bytes).isEqualTo(1_000);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAcceptedChannelThatWasNeverRegisteredIsResetWithItsHost(boolean mptcp) {
    Keeper keeper = new Keeper();
    try (Pair pair = new Pair(new Recorder())) {
      pair.server = pair.net.await(pair.serverBootstrap().handler(keeper).bind(80)).channel();
      pair.net.await(
          pair.bootstrap()
              .option(MptcpChannelOption.MPTCP, mptcp)
              .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .connect(SimulatedNetwork.SERVER, 80));
      pair.net.runFor(SECOND);
      assertThat(keeper.kept).hasSize(1);
      pair.net.server().close();
      pair.until(() -> pair.atClient.inactive);
      assertThat(pair.atClient.events).doesNotContain(ChannelInputShutdownEvent.INSTANCE);
      assertThat(pair.atClient.failures).singleElement().isInstanceOf(IOException.class);
    }
  }
}
