package org.mptcp4j.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** A handler that notes what a channel reports. */
class Recorder extends ChannelInboundHandlerAdapter {
  final List<Object> events = new ArrayList<>();
  final List<Throwable> failures = new ArrayList<>();
  final List<Boolean> writability = new ArrayList<>();
  final CRC32 hash = new CRC32();
  Channel channel;
  long bytes;
  int readsInRound;
  int mostReadsInRound;
  boolean active;
  boolean inactive;

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    active = true;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf buf = (ByteBuf) msg;
    bytes += buf.readableBytes();
    readsInRound++;
    mostReadsInRound = Math.max(mostReadsInRound, readsInRound);
    hash.update(buf.nioBuffer());
    received(ctx, buf);
  }

  /** What to do with the buffer: it is released. */
  void received(ChannelHandlerContext ctx, ByteBuf buf) {
    buf.release();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readsInRound = 0;
    ctx.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inactive = true;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    writability.add(ctx.channel().isWritable());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    events.add(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failures.add(cause);
  }

  <T> List<T> eventsOf(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Sends back what comes. */
  static final class Echo extends Recorder {
    @Override
    void received(ChannelHandlerContext ctx, ByteBuf buf) {
      ctx.write(buf);
    }
  }
}
