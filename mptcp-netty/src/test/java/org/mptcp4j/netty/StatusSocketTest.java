package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other processes see of a host. */
class StatusSocketTest {
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, LocalIoHandler.newFactory());
  private final Cable cable = new Cable();
  private MptcpHost client;
  private MptcpHost server;
  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void connect() {
    path = directory.resolve("status");
    client = cable.left(loops.next(), Duration.ZERO);
    server = cable.right(loops.next(), Duration.ZERO);
    new ServerBootstrap()
        .group(server.eventLoop())
        .channelFactory(server.serverChannelFactory())
        .childHandler(new Recorder())
        .bind(80)
        .syncUninterruptibly();
    new Bootstrap()
        .group(client.eventLoop())
        .channelFactory(client.channelFactory())
        .handler(new Recorder())
        .connect("10.0.0.2", 80)
        .syncUninterruptibly();
  }

  @AfterEach
  void end() {
    client.close();
    server.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private List<String> ask(String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      channel.write(ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.US_ASCII)));
      byte[] all = Channels.newInputStream(channel).readAllBytes();
      return new String(all, StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void tellsOfConnectionsAndCounters() throws IOException {
    try (StatusSocket status = StatusSocket.open(client, path)) {
      assertThat(status).isNotNull();
      assertThat(ask("ss"))
          .hasSize(5)
          .anyMatch(line -> line.matches("mptcp ESTAB .*10\\.0\\.0\\.1:\\d+ +10\\.0\\.0\\.2:80"));
      assertThat(ask("nstat"))
          .anyMatch(line -> line.startsWith("MPTcpExtMPCapableSYNTX          1 "))
          .noneMatch(line -> line.startsWith("MPTcpExtBlackhole"));
      assertThat(ask("nstat -z")).anyMatch(line -> line.startsWith("MPTcpExtBlackhole "));
      assertThat(ask("reboot")).containsExactly("unknown request; say ss, nstat or nstat -z");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void takesThePlaceOfOneThatIsGoneAndOfNoOther() throws IOException {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    try (StatusSocket status = StatusSocket.open(client, path)) {
      assertThat(ask("nstat")).isNotEmpty();
      assertThatThrownBy(() -> StatusSocket.open(server, path))
          .isInstanceOf(FileAlreadyExistsException.class);
      assertThat(ask("ss")).hasSize(5);
      assertThat(status).isNotNull();
    }
  }

  @Test
  void aHostThatIsClosedSaysSo() throws IOException {
    try (StatusSocket status = StatusSocket.open(client, path)) {
      client.close();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
      assertThat(ask("ss")).singleElement().asString().startsWith("not available: ");
      assertThat(status).isNotNull();
    }
  }
}
