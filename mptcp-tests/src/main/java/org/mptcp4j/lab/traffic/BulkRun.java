package org.mptcp4j.lab.traffic;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.mptcp4j.lab.console.Units;

/** Moves bytes in one direction as fast as they go. */
final class BulkRun extends LoadRun {
  /** Seen from the client. */
  enum Direction {
    UP,
    DOWN
  }

  private final Direction direction;
  private long bytes;

  BulkRun(Bootstrap bootstrap, LongSupplier clock, Direction direction) {
    super(bootstrap, clock);
    this.direction = direction;
  }

  @Override
  ChannelHandler handler() {
    return direction == Direction.UP ? new Upload() : new Download();
  }

  @Override
  void reset() {
    bytes = 0;
  }

  @Override
  LoadResult result(double seconds, double busy) {
    return new LoadResult.Bulk(
        direction.name().toLowerCase(Locale.ROOT),
        bytes,
        seconds,
        Units.bitsPerSecond(bytes, seconds),
        busy / Math.max(1, bytes) * 1e9);
  }

  private final class Upload extends RunHandler {
    Upload() {
      super(BulkRun.this, LoadMode.SINK);
    }

    @Override
    void begin(ChannelHandlerContext ctx) {
      bytes += Filler.fill(ctx.channel());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (!ended() && ctx.channel().isWritable()) {
        bytes += Filler.fill(ctx.channel());
      }
    }
  }

  private final class Download extends RunHandler {
    Download() {
      super(BulkRun.this, LoadMode.SOURCE);
    }

    @Override
    void received(ChannelHandlerContext ctx, ByteBuf data) {
      bytes += data.readableBytes();
    }
  }
}
