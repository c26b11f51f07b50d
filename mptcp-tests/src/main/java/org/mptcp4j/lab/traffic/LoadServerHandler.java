package org.mptcp4j.lab.traffic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.security.MessageDigest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of one connection of the load protocol, see {@link LoadMode}. Its channel needs
 * {@code ChannelOption.ALLOW_HALF_CLOSURE}, so that a client's half close is an event and not the
 * end. An unknown first byte closes the connection.
 */
public final class LoadServerHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(LoadServerHandler.class);

  private final LoadCounters counters;
  private LoadMode mode;
  private MessageDigest digest;
  private HashedSource source;

  /** A handler for one channel; {@code counters} may be shared by channels of one event loop. */
  public LoadServerHandler(LoadCounters counters) {
    this.counters = counters;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    counters.opened();
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    counters.closed();
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    counters.received(data.readableBytes());
    if (mode == null && data.isReadable() && !begin(ctx, data.readByte())) {
      data.release();
      return;
    }
    if (mode == LoadMode.ECHO && data.isReadable()) {
      counters.sent(data.readableBytes());
      ctx.write(data, ctx.voidPromise());
      return;
    }
    if (mode == LoadMode.HASHED_SOURCE) {
      source.read(data);
      counters.sent(source.fill(ctx.channel()));
    }
    if (mode == LoadMode.HASH && data.isReadable()) {
      digest.update(data.nioBuffer());
    }
    data.release();
  }

  private boolean begin(ChannelHandlerContext ctx, byte code) {
    mode = LoadMode.of(code).orElse(null);
    if (mode == null) {
      LOG.debug("{}: {} is no mode of the load protocol", ctx.channel(), code);
      counters.failure();
      ctx.close();
      return false;
    }
    switch (mode) {
      case SOURCE -> counters.sent(Filler.fill(ctx.channel()));
      case CONNECT, IDLE -> {
        counters.sent(1);
        ctx.writeAndFlush(Filler.of(1), ctx.voidPromise());
      }
      case HASH -> digest = Digests.sha256();
      case HASHED_SOURCE -> source = new HashedSource();
      case SINK, ECHO -> LOG.trace("{}: {}", ctx.channel(), mode);
    }
    return true;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (mode == LoadMode.ECHO) {
      ctx.flush();
      if (!ctx.channel().isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      if (mode == LoadMode.SOURCE) {
        counters.sent(Filler.fill(ctx.channel()));
      } else if (mode == LoadMode.HASHED_SOURCE) {
        counters.sent(source.fill(ctx.channel()));
      }
      ctx.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      endOfStream(ctx);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  private void endOfStream(ChannelHandlerContext ctx) {
    ByteBuf last = Unpooled.EMPTY_BUFFER;
    if (mode == LoadMode.HASH) {
      last = ctx.alloc().directBuffer(32).writeBytes(digest.digest());
      counters.sent(32);
    }
    if (mode == LoadMode.SOURCE) {
      ctx.close();
    } else {
      ctx.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("{}: {}", ctx.channel(), cause.getMessage());
    } else {
      LOG.warn("{}: closed after an error", ctx.channel(), cause);
      counters.failure();
    }
    ctx.close();
  }
}
