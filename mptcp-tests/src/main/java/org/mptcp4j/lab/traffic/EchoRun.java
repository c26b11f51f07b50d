package org.mptcp4j.lab.traffic;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.LongSupplier;

/** Sends a request and waits for its echo, over and over, on each connection. */
final class EchoRun extends LoadRun {
  private final int connections;
  private final int size;
  private Percentiles times = new Percentiles();
  private long requests;

  EchoRun(Bootstrap bootstrap, LongSupplier clock, int connections, int size) {
    super(bootstrap, clock);
    this.connections = connections;
    this.size = size;
  }

  @Override
  ChannelHandler handler() {
    return new Requests();
  }

  @Override
  void reset() {
    times = new Percentiles();
    requests = 0;
  }

  @Override
  LoadResult result(double seconds, double busy) {
    return new LoadResult.RequestResponse(
        "rr",
        requests,
        connections,
        size,
        seconds,
        requests / seconds,
        times.at(0.5) / 1e3,
        times.at(0.9) / 1e3,
        times.at(0.99) / 1e3,
        times.at(0.999) / 1e3,
        times.at(1) / 1e3,
        busy / seconds);
  }

  private final class Requests extends RunHandler {
    private long sentNs;
    private int missing;

    Requests() {
      super(EchoRun.this, LoadMode.ECHO);
    }

    @Override
    void begin(ChannelHandlerContext ctx) {
      request(ctx);
    }

    private void request(ChannelHandlerContext ctx) {
      sentNs = nowNs();
      missing = size;
      for (int left = size; left > 0; left -= Math.min(left, Filler.SIZE)) {
        ctx.write(Filler.of(Math.min(left, Filler.SIZE)), ctx.voidPromise());
      }
      ctx.flush();
    }

    @Override
    void received(ChannelHandlerContext ctx, ByteBuf data) {
      missing -= data.readableBytes();
      if (missing == 0 && !ended()) {
        requests++;
        times.add(nowNs() - sentNs);
        request(ctx);
      }
    }
  }
}
