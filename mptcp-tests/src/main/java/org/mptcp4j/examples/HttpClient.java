package org.mptcp4j.examples;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.URI;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.netty.MptcpChannel;
import org.mptcp4j.netty.MptcpHost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches one document over HTTP/1.1 through TUN devices, and says over which subflows it came.
 *
 * <pre>{@code
 * HttpClient http://10.9.1.1:8080/file mp0:10.9.1.2/24 mp1:10.9.2.2/24
 * }</pre>
 */
public final class HttpClient {
  private static final Logger LOG = LoggerFactory.getLogger(HttpClient.class);

  private HttpClient() {}

  /**
   * What came.
   *
   * @param status the HTTP status
   * @param bytes length of the body
   * @param connection the connection when the body was complete
   */
  public record Fetched(int status, long bytes, ConnectionInfo connection) {}

  /**
   * Fetches and ends; needs the right to create TUN devices.
   *
   * @param args the URI, then {@code NAME:ADDRESS/PREFIX} of each device
   * @throws Exception when it is interrupted
   */
  public static void main(String[] args) throws Exception {
    if (args.length < 2 || !args[0].matches("http://[^/]+.*")) {
      System.err.println(
          "usage: HttpClient URI NAME:ADDRESS/PREFIX..., such as http://10.9.1.1:8080/ mp0:10.9.1.2/24");
      System.exit(2);
    }
    var builder = MptcpHost.builder();
    for (int i = 1; i < args.length; i++) {
      builder.tun(args[i]);
    }
    try (MptcpHost host = builder.build()) {
      Fetched fetched = fetch(host, URI.create(args[0])).sync().getNow();
      LOG.info("status {}, {} bytes", fetched.status(), fetched.bytes());
      fetched
          .connection()
          .subflows()
          .forEach(s -> LOG.info("{} -> {}: {} bytes", s.local(), s.remote(), s.bytesReceived()));
    } catch (IOException e) {
      System.err.println("HttpClient: " + e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Fetches one document.
   *
   * @param host the host to fetch it from
   * @param uri {@code http://ADDRESS[:PORT]/PATH}
   * @return completed when the body is complete
   */
  public static Promise<Fetched> fetch(MptcpHost host, URI uri) {
    Promise<Fetched> done = host.eventLoop().newPromise();
    new Bootstrap()
        .group(host.eventLoop())
        .channelFactory(host.channelFactory())
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(new HttpClientCodec(), new Body(uri, done));
              }
            })
        .connect(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort())
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                done.tryFailure(connected.cause());
              }
            });
    return done;
  }

  private static final class Body extends SimpleChannelInboundHandler<HttpObject> {
    private final URI uri;
    private final Promise<Fetched> done;
    private int status;
    private long bytes;

    Body(URI uri, Promise<Fetched> done) {
      this.uri = uri;
      this.done = done;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      var get = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target());
      get.headers().set(HttpHeaderNames.HOST, uri.getAuthority());
      ctx.writeAndFlush(get);
    }

    // An empty path is sent as "/".
    private String target() {
      String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
      return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
      if (message instanceof HttpResponse response) {
        status = response.status().code();
      }
      if (message instanceof HttpContent content) {
        bytes += content.content().readableBytes();
      }
      if (message instanceof LastHttpContent) {
        done.trySuccess(
            new Fetched(status, bytes, ((MptcpChannel) ctx.channel()).connectionInfo()));
        ctx.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      done.tryFailure(cause);
      ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      done.tryFailure(new java.nio.channels.ClosedChannelException());
    }
  }
}
