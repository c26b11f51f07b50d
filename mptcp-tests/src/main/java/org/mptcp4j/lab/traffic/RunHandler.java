package org.mptcp4j.lab.traffic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.EOFException;

/**
 * A connection of a {@link LoadRun}: announces its mode, and makes an end that came too early the
 * end of the run.
 */
class RunHandler extends ChannelInboundHandlerAdapter {
  private final LoadRun run;
  private final LoadMode mode;

  RunHandler(LoadRun run, LoadMode mode) {
    this.run = run;
    this.mode = mode;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    run.opened(ctx.channel());
    ctx.writeAndFlush(ctx.alloc().directBuffer(1).writeByte(mode.code()));
    begin(ctx);
  }

  /** The connection is open and the mode is announced. */
  void begin(ChannelHandlerContext ctx) {
    ctx.read();
  }

  /** Bytes have come; they are released by the caller. */
  void received(ChannelHandlerContext ctx, ByteBuf data) {
    data.skipBytes(data.readableBytes());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    try {
      received(ctx, data);
    } finally {
      data.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close(); // no server ends before its client, but for the answer of hash
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    run.gone(ctx.channel());
    run.fail(new EOFException("the peer closed the connection"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    run.fail(cause);
    ctx.close();
  }
}
