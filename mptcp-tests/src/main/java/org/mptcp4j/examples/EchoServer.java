package org.mptcp4j.examples;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import org.mptcp4j.netty.MptcpHost;

/** An echo server on two TUN devices: two paths for every connection. */
public final class EchoServer {
  private EchoServer() {}

  /**
   * Runs until killed; needs the right to create TUN devices.
   *
   * @param args none
   * @throws Exception when it is interrupted
   */
  public static void main(String[] args) throws Exception {
    try (MptcpHost host =
        MptcpHost.builder().tun("mp0:10.9.1.2/24").tun("mp1:10.9.2.2/24").build()) {
      Channel server =
          new ServerBootstrap()
              .group(host.eventLoop())
              .channelFactory(host.serverChannelFactory())
              .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .childHandler(new Echo())
              .bind(7)
              .sync()
              .channel();
      System.out.println("echo on 10.9.1.2 and 10.9.2.2 port 7");
      server.closeFuture().sync();
    } catch (IOException e) {
      System.err.println("EchoServer: " + e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Sends back what comes, and reads no more while its peer does not take it: what a program has
   * written and the stack has no room for is kept in memory, without a bound.
   */
  @Sharable
  static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      ctx.channel().config().setAutoRead(ctx.channel().isWritable());
      ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        // behind everything that is still to be sent
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
      ctx.fireUserEventTriggered(event);
    }
  }
}
