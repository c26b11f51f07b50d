package org.mptcp4j.lab.traffic;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.LongSupplier;

/**
 * Opens a connection, has one byte sent back, closes it and opens the next; several side by side.
 */
final class ConnectRun extends LoadRun {
  private final int parallel;
  private long connections;

  ConnectRun(Bootstrap bootstrap, LongSupplier clock, int parallel) {
    super(bootstrap, clock);
    this.parallel = parallel;
  }

  @Override
  ChannelHandler handler() {
    return new OneByte();
  }

  @Override
  void reset() {
    connections = 0;
  }

  @Override
  LoadResult result(double seconds, double busy) {
    return new LoadResult.ConnectRate(
        "crr",
        connections,
        parallel,
        seconds,
        connections / seconds,
        busy / Math.max(1, connections) * 1e6);
  }

  private final class OneByte extends RunHandler {
    private boolean answered;

    OneByte() {
      super(ConnectRun.this, LoadMode.CONNECT);
    }

    @Override
    void received(ChannelHandlerContext ctx, ByteBuf data) {
      if (!answered && data.isReadable()) {
        answered = true;
        connections++;
        ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (!answered) {
        super.channelInactive(ctx);
        return;
      }
      gone(ctx.channel());
      open();
    }
  }
}
