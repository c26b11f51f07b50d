package org.mptcp4j.testkit.replay;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.capture.CaptureFile;
import org.mptcp4j.testkit.capture.CapturedFrame;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.TcpFlags;

/**
 * Plays one end of a captured conversation to a stack that has the place of the other end. The
 * capture may be of a simulation that failed, of the kernel, of anything: pcap or pcapng.
 *
 * <pre>{@code
 * StackReplay replay = CaptureReplay.of(file).inPlaceOfServer(stack);
 * stack.listen(replay.server().getPort(), Endpoint::keeping);
 * ReplayReport report = replay.run();
 * assertThat(report.differences()).isEmpty();
 * }</pre>
 *
 * <p>The segments keep their times. What depends on the other end is translated, because the stack
 * chooses other numbers: acknowledgements, timestamp echoes, keys, tokens, DATA_ACKs and HMACs.
 */
public final class CaptureReplay {
  /** A segment of the capture. */
  record Captured(long timeNs, byte[] datagram, WireSegment segment) {}

  private final List<Captured> capture;
  private final int unreadable;
  private final Set<IpAddress> clients = new LinkedHashSet<>();
  private final Set<IpAddress> servers = new LinkedHashSet<>();

  private CaptureReplay(List<Captured> capture, int unreadable) {
    this.capture = capture;
    this.unreadable = unreadable;
    findEnds();
  }

  /**
   * Reads a capture.
   *
   * @throws IOException when the file cannot be read, or has no TCP connection from its SYN on
   * @throws IllegalArgumentException when it has connections in both directions, so that no host is
   *     the client
   */
  public static CaptureReplay of(Path file) throws IOException {
    List<Captured> segments = new ArrayList<>();
    int unreadable = 0;
    for (CapturedFrame frame : CaptureFile.readAll(file)) {
      Optional<Captured> segment = read(frame);
      segment.ifPresent(segments::add);
      unreadable += segment.isEmpty() ? 1 : 0;
    }
    if (segments.stream().noneMatch(s -> isSyn(s.segment))) {
      throw new IOException(file + " has no TCP connection with its first SYN");
    }
    return new CaptureReplay(segments, unreadable);
  }

  private static Optional<Captured> read(CapturedFrame frame) {
    int ip = frame.ipIndex();
    if (ip < 0 || frame.originalLength() > frame.data().length) {
      return Optional.empty();
    }
    byte[] datagram = Arrays.copyOfRange(frame.data(), ip, frame.data().length);
    Packet packet = new Packet();
    packet.header(Unpooled.wrappedBuffer(datagram));
    // Captures at a sender show checksums that its device completes later.
    packet.checksum(ChecksumState.VALID);
    Optional<WireSegment> segment = WireSegment.of(frame.timeNs(), packet);
    packet.release();
    return segment.map(s -> new Captured(frame.timeNs(), datagram, s));
  }

  static boolean isSyn(WireSegment s) {
    return s.has(TcpFlags.SYN) && !s.has(TcpFlags.ACK);
  }

  /** Who opens a connection is a client, and so is who joins a connection that a client opened. */
  private void findEnds() {
    Set<Integer> tokensOfClients = new HashSet<>();
    for (Captured c : capture) {
      WireSegment s = c.segment;
      s.mptcp(MpCapable.class)
          .filter(MpCapable::hasSenderKey)
          .filter(o -> clients.contains(s.src()))
          .ifPresent(o -> tokensOfClients.add(MptcpKeys.token(o.senderKey())));
      if (isSyn(s)) {
        boolean joinsClient =
            s.mptcp(MpJoinSyn.class).filter(o -> tokensOfClients.contains(o.token())).isPresent();
        clients.add(joinsClient ? s.dst() : s.src());
        servers.add(joinsClient ? s.src() : s.dst());
      }
    }
    if (clients.stream().anyMatch(servers::contains)) {
      throw new IllegalArgumentException(
          "hosts of this capture both open and accept connections: " + clients + ", " + servers);
    }
  }

  /** Where the first connection of the capture goes to: what a stack in its place listens on. */
  public InetSocketAddress server() {
    WireSegment syn =
        capture.stream()
            .map(Captured::segment)
            .filter(CaptureReplay::isSyn)
            .findFirst()
            .orElseThrow();
    return syn.dst().withPort(syn.dstPort());
  }

  /**
   * Gives the stack the place, and the addresses, of the host that accepted the connections; the
   * other one is replayed.
   *
   * @param stack of a world in which it has no paths
   */
  public StackReplay inPlaceOfServer(SimStack stack) {
    return new StackReplay(this, stack, servers);
  }

  /**
   * Gives the stack the place, and the addresses, of the host that opened the connections; the
   * other one is replayed. The test lets the stack connect to {@link #server} just before it runs
   * the replay.
   *
   * @param stack of a world in which it has no paths
   */
  public StackReplay inPlaceOfClient(SimStack stack) {
    return new StackReplay(this, stack, clients);
  }

  List<Captured> segments() {
    return capture;
  }

  /** Frames that are no whole TCP segments; they are not replayed. */
  public int unreadable() {
    return unreadable;
  }
}
