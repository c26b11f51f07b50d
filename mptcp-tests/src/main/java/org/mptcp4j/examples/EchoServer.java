package org.mptcp4j.examples;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
      new ServerBootstrap()
          .group(host.eventLoop())
          .channelFactory(host.serverChannelFactory())
          .childHandler(new Echo())
          .bind(7)
          .sync()
          .channel()
          .closeFuture()
          .sync();
    } catch (IOException e) {
      System.err.println("EchoServer: " + e.getMessage());
      System.exit(1);
    }
  }

  @Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message);
    }
  }
}
