package org.mptcp4j.examples;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.netty.MptcpHost;

/**
 * An HTTP/1.1 server on TUN devices. {@code GET /bytes/N} answers N bytes, as fast as the
 * connection takes them; anything else a line of text. Requests may be pipelined.
 *
 * <pre>{@code
 * HttpServer 8080 mp0:10.9.1.2/24 mp1:10.9.2.2/24
 * mptcpize run curl http://10.9.1.2:8080/bytes/100000000 -o /dev/null
 * }</pre>
 */
public final class HttpServer {
  private HttpServer() {}

  /**
   * Runs until killed; needs the right to create TUN devices.
   *
   * @param args the port, then {@code NAME:ADDRESS/PREFIX} of each device
   * @throws Exception when it is interrupted
   */
  public static void main(String[] args) throws Exception {
    if (args.length < 2 || !args[0].matches("\\d{1,5}")) {
      System.err.println(
          "usage: HttpServer PORT NAME:ADDRESS/PREFIX..., such as 8080 mp0:10.9.1.2/24 mp1:10.9.2.2/24");
      System.exit(2);
    }
    var builder =
        MptcpHost.builder()
            .config(StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build());
    for (int i = 1; i < args.length; i++) {
      builder.tun(args[i]);
    }
    try (MptcpHost host = builder.build()) {
      Channel server = bootstrap(host).bind(Integer.parseInt(args[0])).sync().channel();
      System.out.println("http on port " + args[0]);
      server.closeFuture().sync();
    } catch (IOException e) {
      System.err.println("HttpServer: " + e.getMessage());
      System.exit(1);
    }
  }

  /**
   * The server on a host of any kind.
   *
   * @param host whose connections to serve
   * @return ready to be bound
   */
  public static ServerBootstrap bootstrap(MptcpHost host) {
    return new ServerBootstrap()
        .group(host.eventLoop())
        .channelFactory(host.serverChannelFactory())
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new HttpServerCodec(), new HttpServerKeepAliveHandler(), new Handler());
              }
            });
  }

  private static final class Handler extends SimpleChannelInboundHandler<Object> {
    private static final String BYTES = "/bytes/";
    private static final int PIECE = 64 * 1024;
    private static final ByteBuf ZEROS =
        Unpooled.unreleasableBuffer(Unpooled.directBuffer(PIECE).writeZero(PIECE)).asReadOnly();

    private final Queue<HttpRequest> waiting = new ArrayDeque<>();
    private boolean answering;
    private boolean sending;
    private long left;

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpRequest request) {
        waiting.add(request);
        send(ctx);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      send(ctx);
    }

    /** One answer after the other, and nothing is read before all are sent. */
    private void send(ChannelHandlerContext ctx) {
      if (sending) {
        return; // a write below has changed the writability
      }
      sending = true;
      while (ctx.channel().isWritable() && (answering || begin(ctx))) {
        int length = (int) Math.min(PIECE, left);
        left -= length;
        answering = left > 0;
        ByteBuf piece = ZEROS.retainedSlice(0, length);
        ctx.writeAndFlush(
            answering ? new DefaultHttpContent(piece) : new DefaultLastHttpContent(piece));
      }
      sending = false;
      ctx.channel().config().setAutoRead(!answering && waiting.isEmpty());
    }

    private boolean begin(ChannelHandlerContext ctx) {
      HttpRequest request = waiting.poll();
      if (request == null) {
        return false;
      }
      boolean headOnly = request.method().equals(HttpMethod.HEAD);
      if ((headOnly || request.method().equals(HttpMethod.GET))
          && request.uri().matches(BYTES + "\\d{1,12}")) {
        long length = Long.parseLong(request.uri().substring(BYTES.length()));
        ctx.writeAndFlush(head(length));
        left = headOnly ? 0 : length; // HEAD has the fields of GET and no body
      } else {
        String text = "hello over " + ctx.channel() + "\n";
        ctx.write(head(text.length()));
        // the codec leaves the body of an answer to HEAD out
        ByteBuf body = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        ctx.writeAndFlush(new DefaultHttpContent(body));
        left = 0;
      }
      return true;
    }

    private static HttpResponse head(long length) {
      HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      head.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
      return head;
    }
  }
}
