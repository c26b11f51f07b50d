package org.mptcp4j.netty;

import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.StatusText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the state of a host to other processes of the same user, through a Unix domain socket:
 * {@code mptcp-lab ss} and {@code mptcp-lab nstat} read it, or {@code nc -U}.
 *
 * <p>A client sends one line, {@code ss}, {@code nstat} or {@code nstat -z} (with counters that are
 * zero), and gets the text; then the connection is closed. Nothing can be changed through it. One
 * client is served at a time, by a thread of its own; the text is collected on the event loops of
 * the host.
 */
public final class StatusSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusSocket.class);
  private static final int LONGEST_REQUEST = 64;

  private final MptcpHost host;
  private final Path path;
  private final ServerSocketChannel server;

  private StatusSocket(MptcpHost host, Path path, ServerSocketChannel server) {
    this.host = host;
    this.path = path;
    this.server = server;
  }

  /**
   * Opens the socket; only processes of this user may connect to it.
   *
   * @param host whose state is shown; to be closed after this
   * @param path where; nothing may be there, except what a process left behind that is gone
   * @return open until {@link #close()}, which deletes the file
   * @throws IOException when it cannot be created there
   */
  public static StatusSocket open(MptcpHost host, Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    deleteLeftBehind(absolute);
    // Between bind and chmod anybody could connect: so it is made where nobody else can look.
    Path hidden = Files.createTempDirectory(absolute.getParent(), ".status");
    Path made = hidden.resolve("s");
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(made));
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
      Files.createLink(absolute, made);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    } finally {
      Files.deleteIfExists(made);
      Files.delete(hidden);
    }
    StatusSocket socket = new StatusSocket(host, absolute, server);
    Thread thread = new Thread(socket::serve, "mptcp-status");
    thread.setDaemon(true);
    thread.start();
    return socket;
  }

  private static void deleteLeftBehind(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException nobodyListens) {
      Files.delete(path);
    }
  }

  private void serve() {
    while (server.isOpen()) {
      try (SocketChannel client = server.accept()) {
        write(client, answer(request(client)));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.debug("{}: a client left early", path, e);
      }
    }
  }

  private static String request(SocketChannel client) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(LONGEST_REQUEST);
    while (bytes.hasRemaining() && client.read(bytes) >= 0) {
      if (bytes.position() > 0 && bytes.get(bytes.position() - 1) == '\n') {
        break;
      }
    }
    return StandardCharsets.US_ASCII.decode(bytes.flip()).toString().strip();
  }

  private static void write(SocketChannel client, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      client.write(bytes);
    }
  }

  private String answer(String request) {
    try {
      return answer(host, request);
    } catch (RuntimeException e) {
      return "not available: " + e + System.lineSeparator();
    }
  }

  /**
   * The answer to a request, for who serves it another way; not on an event loop of the host.
   *
   * @param host whose state is shown
   * @param request {@code ss}, {@code nstat} or {@code nstat -z}
   * @return the text
   */
  public static String answer(MptcpHost host, String request) {
    return switch (request) {
      case "ss" -> ss(host);
      case "nstat" -> StatusText.nstat(counters(host, (now, stack) -> stack.counters()));
      case "nstat -z" -> StatusText.nstat(counters(host, (now, stack) -> stack.allCounters()));
      default -> "unknown request; say ss, nstat or nstat -z" + System.lineSeparator();
    };
  }

  private record Seen(long nowNs, List<ConnectionInfo> connections) {}

  private static String ss(MptcpHost host) {
    List<ConnectionInfo> all = new ArrayList<>();
    long nowNs = Long.MIN_VALUE;
    for (Future<Seen> seen : host.withStacks((now, stack) -> new Seen(now, stack.connections()))) {
      Seen one = seen.syncUninterruptibly().getNow();
      all.addAll(one.connections());
      nowNs = Math.max(nowNs, one.nowNs());
    }
    return StatusText.ss(nowNs, all);
  }

  private static Map<String, Long> counters(
      MptcpHost host, MptcpHost.StackAction<Map<String, Long>> read) {
    Map<String, Long> sum = new LinkedHashMap<>();
    for (Future<Map<String, Long>> one : host.withStacks(read)) {
      one.syncUninterruptibly().getNow().forEach((name, n) -> sum.merge(name, n, Long::sum));
    }
    return sum;
  }

  /** Closes it and deletes its file. */
  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("{} is left behind", path, e);
    }
  }
}
