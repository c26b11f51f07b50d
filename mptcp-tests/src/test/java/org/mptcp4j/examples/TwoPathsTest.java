package org.mptcp4j.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.netty.SimulatedNetwork;

class TwoPathsTest {
  private static final int SIZE = 1_000_000;

  private int received;

  @Test
  void aTransferOutlivesAPath() {
    LinkProfile path = // bits per second, delay one way
        LinkProfile.of(50_000_000, LinkProfile.millis(10)).superSegments(SuperSegments.CUT);
    try (SimulatedNetwork net = SimulatedNetwork.between(42, path, path.loss(0.01))) {
      net.await(
          new ServerBootstrap()
              .group(net.eventLoop())
              .channelFactory(net.server().serverChannelFactory())
              .childHandler(
                  new SimpleChannelInboundHandler<ByteBuf>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                      received += bytes.readableBytes();
                    }
                  })
              .bind(80));
      Channel client =
          net.await(
                  new Bootstrap()
                      .group(net.eventLoop())
                      .channelFactory(net.client().channelFactory())
                      .handler(new ChannelInboundHandlerAdapter())
                      .connect(SimulatedNetwork.SERVER, 80))
              .channel();
      client.writeAndFlush(Unpooled.wrappedBuffer(new byte[SIZE]));
      assertTrue(net.runUntil(() -> received > SIZE / 2, Duration.ofSeconds(10)));
      net.path(0).blackhole();
      assertTrue(net.runUntil(() -> received == SIZE, Duration.ofMinutes(1)));
    }
  }
}
