package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.tun.TunOptions;
import org.mptcp4j.netty.MptcpChannel;
import org.mptcp4j.netty.MptcpHost;
import org.mptcp4j.netty.MptcpHostBuilder;
import org.mptcp4j.testkit.PseudoRandomBytes;

/** 100 MB over HTTP and two subflows, with programs that do not know of this stack. */
@Interop(programs = {"curl", "nginx", "mptcpize"})
class HttpTest {
  private static final long BYTES = 100_000_000;
  private static final int PIECE = 64 << 10;
  private static final int MEGABITS = 250;
  private static final PseudoRandomBytes DOCUMENT = new PseudoRandomBytes(7);

  @TempDir private Path directory;
  private Netns kernel;
  private MptcpHost ours;

  @BeforeEach
  void start() throws IOException {
    kernel = Netns.create();
    MptcpHostBuilder builder = MptcpHost.builder();
    for (int i = 0; i < 2; i++) {
      String device = "m4j%1$d:10.%2$d.0.2/24,fd0%2$d::2/64".formatted(i, i + 1);
      builder.tun(TunOptions.parse(device).withNamespace(kernel.name()));
    }
    ours = builder.build();
    for (int i = 0; i < 2; i++) {
      kernel.rate("m4j" + i, MEGABITS);
      kernel.rateIncoming("m4j" + i, MEGABITS);
    }
    kernel.routeFrom("10.2.0.1", "m4j1", 2);
    kernel.routeFrom("fd02::1", "m4j1", 2);
  }

  @AfterEach
  void stop() {
    if (ours != null) {
      ours.close();
    }
    kernel.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1.0.2", "fd01::2"})
  void curlFetchesFromOurServer(String address) throws Exception {
    boolean six = address.contains(":");
    kernel.endpoint(six ? "fd02::1" : "10.2.0.1", "m4j1", "subflow");
    Promise<ConnectionInfo> sent = ours.eventLoop().newPromise();
    new ServerBootstrap()
        .group(ours.eventLoop())
        .channelFactory(ours.serverChannelFactory())
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childHandler(handlers(new HttpServerCodec(), new Document(sent)))
        .bind(80)
        .sync();
    Path copy = directory.resolve("copy");
    String url = "http://" + (six ? "[" + address + "]" : address) + "/document";
    String[] curl = {
      "mptcpize",
      "run",
      "curl",
      "-sS",
      "-m",
      "" + Patience.seconds(60),
      "-w",
      "%{http_code}\n",
      "-o",
      "" + copy,
      url
    };
    try (Program program = Program.start(kernel, curl)) {
      assertThat(program.result(60)).isEqualTo("200");
    }

    assertThat(sha256(copy)).isEqualTo(sha256OfDocument());
    bothSubflowsCarried(sent.get(Patience.seconds(10), TimeUnit.SECONDS), SubflowInfo::bytesAcked);
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtMPCapableSYNACKRX")).isEqualTo(1);
    assertThat(counters.get("MPTcpExtMPJoinSynAckRx")).isEqualTo(1);
    nothingWentWrong(counters);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1.0.1", "fd01::1"})
  void ourClientFetchesFromNginx(String address) throws Exception {
    String sha256 = writeDocument();
    try (Program nginx = nginx()) {
      nginx.awaitError("event method"); // its last word before it serves
      Promise<Fetched> fetched = ours.eventLoop().newPromise();
      new Bootstrap()
          .group(ours.eventLoop())
          .channelFactory(ours.channelFactory())
          .handler(handlers(new HttpClientCodec(), new Fetch(address, fetched)))
          .connect(address, 80)
          .sync();

      Fetched document = fetched.get(Patience.seconds(60), TimeUnit.SECONDS);
      assertThat(document.status()).isEqualTo(200);
      assertThat(document.bytes()).isEqualTo(BYTES);
      assertThat(document.sha256()).isEqualTo(sha256);
      bothSubflowsCarried(document.connection(), SubflowInfo::bytesReceived);
    }
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtMPCapableACKRX")).isEqualTo(1);
    assertThat(counters.get("MPTcpExtMPJoinAckRx")).isEqualTo(1);
    nothingWentWrong(counters);
  }

  private static void bothSubflowsCarried(
      ConnectionInfo connection, ToLongFunction<SubflowInfo> bytes) {
    assertThat(connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(connection.subflows()).hasSize(2);
    assertThat(connection.subflows())
        .allSatisfy(subflow -> assertThat(bytes.applyAsLong(subflow)).isPositive());
  }

  private void nothingWentWrong(Map<String, Long> kernelCounters) {
    assertThat(Faults.in(kernelCounters)).isEmpty();
    var mine = ours.withStack((now, stack) -> stack.counters()).syncUninterruptibly().getNow();
    assertThat(Faults.in(mine)).isEmpty();
  }

  private Program nginx() throws IOException {
    Path configuration = directory.resolve("nginx.conf");
    Files.writeString(
        configuration,
        """
        daemon off;
        master_process off;
        pid %1$s/pid;
        error_log stderr notice;
        events {}
        http {
          access_log off;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          sendfile on;
          server {
            listen 80;
            listen [::]:80;
            root %1$s;
          }
        }
        """
            .formatted(directory));
    return Program.start(
        kernel,
        "mptcpize",
        "run",
        "nginx",
        "-e",
        "stderr",
        "-p",
        "" + directory,
        "-c",
        "" + configuration);
  }

  private static ChannelHandler handlers(ChannelHandler codec, ChannelHandler handler) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(codec, handler);
      }
    };
  }

  /** Writes the document where nginx finds it; its SHA-256. */
  private String writeDocument() throws IOException {
    MessageDigest digest = sha256();
    ByteBuf piece = ByteBufAllocator.DEFAULT.directBuffer(PIECE);
    try (FileChannel file =
        FileChannel.open(
            directory.resolve("document"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE)) {
      for (long at = 0; at < BYTES; at += PIECE) {
        DOCUMENT.write(piece.clear(), at, (int) Math.min(PIECE, BYTES - at));
        digest.update(piece.nioBuffer());
        piece.readBytes(file, piece.readableBytes());
      }
    } finally {
      piece.release();
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String sha256OfDocument() {
    MessageDigest digest = sha256();
    ByteBuf piece = ByteBufAllocator.DEFAULT.directBuffer(PIECE);
    for (long at = 0; at < BYTES; at += PIECE) {
      DOCUMENT.write(piece.clear(), at, (int) Math.min(PIECE, BYTES - at));
      digest.update(piece.nioBuffer());
    }
    piece.release();
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Answers any request with the document, as fast as the connection takes it. */
  private static final class Document extends SimpleChannelInboundHandler<HttpObject> {
    private final Promise<ConnectionInfo> sent;
    private long at = BYTES;

    Document(Promise<ConnectionInfo> sent) {
      this.sent = sent;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
      if (message instanceof HttpRequest) {
        var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.CONTENT_LENGTH, BYTES);
        ctx.write(head);
        at = 0;
        send(ctx);
      }
    }

    private void send(ChannelHandlerContext ctx) {
      while (at < BYTES && ctx.channel().isWritable()) {
        int length = (int) Math.min(PIECE, BYTES - at);
        ByteBuf piece = ctx.alloc().directBuffer(length);
        DOCUMENT.write(piece, at, length);
        at += length;
        ctx.writeAndFlush(new DefaultHttpContent(piece));
        if (at == BYTES) {
          ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        }
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      send(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent) { // the client has all and closes
        sent.trySuccess(((MptcpChannel) ctx.channel()).connectionInfo());
        ctx.close();
      }
    }
  }

  private record Fetched(int status, long bytes, String sha256, ConnectionInfo connection) {}

  /** Asks for the document and takes the answer. */
  private static final class Fetch extends SimpleChannelInboundHandler<HttpObject> {
    private final String host;
    private final Promise<Fetched> fetched;
    private final MessageDigest digest = sha256();
    private int status;
    private long bytes;

    Fetch(String host, Promise<Fetched> fetched) {
      this.host = host;
      this.fetched = fetched;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      var get = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/document");
      get.headers().set(HttpHeaderNames.HOST, host.contains(":") ? "[" + host + "]" : host);
      get.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      ctx.writeAndFlush(get);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
      if (message instanceof HttpResponse response) {
        status = response.status().code();
      }
      if (message instanceof HttpContent content) {
        bytes += content.content().readableBytes();
        digest.update(content.content().nioBuffer());
      }
      if (message instanceof LastHttpContent) {
        String sha256 = HexFormat.of().formatHex(digest.digest());
        ConnectionInfo connection = ((MptcpChannel) ctx.channel()).connectionInfo();
        fetched.trySuccess(new Fetched(status, bytes, sha256, connection));
        ctx.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      fetched.tryFailure(cause);
      ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      fetched.tryFailure(new ClosedChannelException());
    }
  }
}
