package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** Two sockets and what lies between them, in virtual time. Bytes of a stream follow a pattern. */
final class TestWire {
  private static final CongestionControlFactory CUBIC = CongestionControls.byName("cubic");

  static final long MS = 1_000_000L;

  static final FourTuple TUPLE =
      new FourTuple(IpAddress.parse("10.0.0.1"), 40_000, IpAddress.parse("10.0.0.2"), 80);

  final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
  final SplittableRandom random;
  final End client;
  final End server;
  long nowNs = 7_000_000_000L;
  long delayNs = 10 * MS;
  long bitsPerSecond;
  double loss;
  double reorder;
  double duplicate;
  boolean cut = true;
  int dropped;

  /** Segments for which it is true are lost. Asked for each wire segment. */
  Predicate<RxSegment> lose = s -> false;

  private final PriorityQueue<Arrival> queue = new PriorityQueue<>();
  private final TxSegment tx = new TxSegment();
  private final RxSegment rx = new RxSegment();
  private final RxSegment seen = new RxSegment();
  private final RxSegment all = new RxSegment();
  private long order;

  private record Arrival(long atNs, long order, End to, ByteBuf datagram, int gsoSize)
      implements Comparable<Arrival> {
    @Override
    public int compareTo(Arrival o) {
      return atNs != o.atNs ? Long.compare(atNs, o.atNs) : Long.compare(order, o.order);
    }
  }

  /** One side: its socket, its application, and the link towards the other. */
  final class End {
    final TcpConfig config;
    final PlainWindow window;
    final int salt;
    TcpSock sock;
    long written;
    long toWrite;
    long readBytes;
    boolean reading = true;
    boolean closeWhenWritten;
    boolean closeOnEof;
    int allNotices;
    long freeAtNs;
    int sent;
    int pieceSize = 20_000;

    End(TcpConfig config, int bufferBytes, int salt) {
      this.config = config;
      this.window = new PlainWindow(bufferBytes);
      this.salt = salt;
    }

    End other() {
      return this == client ? server : client;
    }

    void application() {
      if (sock == null) {
        return;
      }
      allNotices |= sock.notices();
      window.unread = sock.readableBytes();
      while (reading && sock.readableBytes() > 0) {
        int seq = sock.readSeq();
        assertThat(seq - sock.irs() - 1).isEqualTo((int) readBytes);
        ByteBuf piece = sock.pollData();
        for (int i = piece.readerIndex(); i < piece.writerIndex(); i++) {
          if (piece.getByte(i) != pattern(readBytes, other().salt)) {
            throw new AssertionError("wrong byte at " + readBytes);
          }
          readBytes++;
        }
        piece.release();
      }
      if (window.unread != sock.readableBytes()) {
        window.unread = sock.readableBytes();
        sock.windowMayHaveGrown();
      }
      while (toWrite > 0 && sock.unsentBytes() < 300_000 && sock.state() != TcpState.CLOSED) {
        int n = (int) Math.min(toWrite, 1 + random.nextInt(pieceSize));
        write(n);
        toWrite -= n;
      }
      boolean eof = sock.finReceived() && sock.readableBytes() == 0;
      if (toWrite == 0 && (closeWhenWritten || (closeOnEof && eof))) {
        sock.shutdownOutput();
      }
    }

    void write(int n) {
      ByteBuf buf = allocator.directBuffer(n + 3).writeZero(3);
      for (int i = 0; i < n; i++) {
        buf.writeByte(pattern(written++, salt));
      }
      sock.enqueue(buf, 3, n);
      buf.release();
    }

    void pump() {
      application();
      for (int turns = 0; sock != null && sock.pollTransmit(nowNs, tx); turns++) {
        assertThat(turns).as("pollTransmit must come to an end").isLessThan(100_000);
        sent++;
        transmit(this, tx);
      }
      if (sock != null) {
        sock.allSent(nowNs, false, 0);
      }
    }
  }

  TestWire(long seed, TcpConfig clientConfig, TcpConfig serverConfig, int bufferBytes) {
    random = new SplittableRandom(seed);
    client = new End(clientConfig, bufferBytes, 1);
    server = new End(serverConfig, bufferBytes, 2);
  }

  TestWire(long seed) {
    this(seed, TcpConfig.defaults(), TcpConfig.defaults(), 4 << 20);
  }

  static byte pattern(long offset, int salt) {
    return (byte) ((offset * 31 + (offset >>> 8) * 7 + (offset >>> 16)) ^ salt);
  }

  TestWire connect() {
    return connect(random.nextInt());
  }

  TestWire connect(int iss) {
    client.sock =
        TcpSock.connect(
            nowNs, client.config, TUPLE, client.window, CUBIC, iss, 77, FastOpenStart.NONE);
    return this;
  }

  TestWire established() {
    connect();
    run(() -> server.sock != null && server.sock.state() == TcpState.ESTABLISHED, 10_000 * MS);
    run(() -> client.sock.state() == TcpState.ESTABLISHED, 10_000 * MS);
    return this;
  }

  /** Runs until a condition holds; fails when it does not within so much virtual time. */
  void run(BooleanSupplier until, long limitNs) {
    long end = nowNs + limitNs;
    client.pump();
    server.pump();
    while (!until.getAsBoolean()) {
      if (!step(end)) {
        throw new AssertionError(
            "not reached; client "
                + (client.sock == null ? null : client.sock.info())
                + " server "
                + (server.sock == null ? null : server.sock.info()));
      }
    }
  }

  void runFor(long durationNs) {
    long end = nowNs + durationNs;
    client.pump();
    server.pump();
    while (step(end)) {
      assertThat(nowNs).isLessThanOrEqualTo(end);
    }
    nowNs = end;
  }

  private boolean step(long endNs) {
    long timer = Math.min(timeoutOf(client), timeoutOf(server));
    long arrival = queue.isEmpty() ? Long.MAX_VALUE : queue.peek().atNs;
    long next = Math.max(nowNs, Math.min(timer, arrival));
    if (next > endNs || next == Long.MAX_VALUE) {
      return false;
    }
    nowNs = next;
    if (arrival <= nowNs) {
      while (!queue.isEmpty() && queue.peek().atNs <= nowNs) {
        deliver(queue.poll());
      }
    }
    expire(client);
    expire(server);
    client.pump();
    server.pump();
    return true;
  }

  private static long timeoutOf(End end) {
    return end.sock == null ? Long.MAX_VALUE : end.sock.nextTimeoutNs();
  }

  private void expire(End end) {
    if (end.sock != null && end.sock.nextTimeoutNs() <= nowNs) {
      end.sock.onTimeout(nowNs);
      assertThat(end.sock.nextTimeoutNs()).isGreaterThan(nowNs);
    }
  }

  private void deliver(Arrival a) {
    ParseVerdict verdict = rx.parse(a.datagram, ChecksumState.PARTIAL, a.gsoSize);
    assertThat(verdict).isEqualTo(ParseVerdict.OK);
    End end = a.to;
    if (end.sock == null) {
      if (rx.syn() && !rx.hasAck()) {
        end.sock =
            TcpSock.accept(
                nowNs,
                end.config,
                TUPLE.reversed(),
                end.window,
                CUBIC,
                random.nextInt(),
                99,
                rx,
                FastOpenAnswer.NONE);
      }
    } else {
      end.sock.onSegment(nowNs, rx);
    }
    a.datagram.release();
    end.application();
  }

  private void transmit(End from, TxSegment segment) {
    Packet packet = new Packet();
    segment.encodeInto(packet, allocator);
    int gso = packet.gsoSize();
    ByteBuf whole = packet.linearize(allocator);
    packet.release();
    if (gso == 0 || !cut) {
      send(from, whole, gso);
      return;
    }
    all.parse(whole, ChecksumState.PARTIAL, gso);
    int header = all.payloadIndex() - whole.readerIndex();
    for (int at = 0; at < all.payloadLength(); at += gso) {
      int n = Math.min(gso, all.payloadLength() - at);
      boolean last = at + n == all.payloadLength();
      TxSegment part = new TxSegment();
      part.src(all.src()).dst(all.dst()).srcPort(all.srcPort()).dstPort(all.dstPort());
      part.seq(all.seq() + at).ack(all.ack()).window(all.window());
      part.flags(last ? all.flags() : all.flags() & ~(TcpFlags.FIN | TcpFlags.PSH));
      part.options().bytes().writeBytes(whole, whole.readerIndex() + 40, header - 40);
      part.addPayload(whole, all.payloadIndex() + at, n);
      Packet piece = new Packet();
      part.encodeInto(piece, allocator);
      send(from, piece.linearize(allocator), 0);
      piece.release();
    }
    whole.release();
  }

  private void send(End from, ByteBuf datagram, int gso) {
    seen.parse(datagram, ChecksumState.PARTIAL, gso);
    long start = Math.max(nowNs, from.freeAtNs);
    if (bitsPerSecond > 0) {
      from.freeAtNs = start + datagram.readableBytes() * 8L * 1_000_000_000L / bitsPerSecond;
      start = from.freeAtNs;
    }
    if (lose.test(seen) || random.nextDouble() < loss) {
      dropped++;
      datagram.release();
      return;
    }
    if (random.nextDouble() < duplicate) {
      arrive(start + delayNs + random.nextLong(delayNs), from, datagram.copy(), gso);
    }
    long late = random.nextDouble() < reorder ? random.nextLong(delayNs) : 0;
    arrive(start + delayNs + late, from, datagram, gso);
  }

  private void arrive(long atNs, End from, ByteBuf datagram, int gso) {
    queue.add(new Arrival(atNs, order++, from.other(), datagram, gso));
  }

  /** Releases everything and fails when a buffer is left. */
  void assertNoLeaks() {
    tx.clear();
    queue.forEach(a -> a.datagram.release());
    queue.clear();
    for (End end : new End[] {client, server}) {
      if (end.sock != null) {
        end.sock.release();
      }
    }
    assertThat(allocator.metric().usedDirectMemory()).as("direct memory in use").isZero();
    assertThat(allocator.metric().usedHeapMemory()).as("heap memory in use").isZero();
  }
}
