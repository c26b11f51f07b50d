package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * Two hosts joined by paths, in virtual time, from a seed. A path is what has the same link index.
 */
final class TestNet {
  static final long MS = 1_000_000L;

  /** What a path does to packets. */
  static final class Path {
    long delayNs = 5 * MS;
    double loss;
    double reorder;
    double duplicate;
    boolean up = true;
    boolean stripMptcp;
    boolean stripMptcpOnSynOnly;
    boolean cut;

    /** Drops datagrams for which it says so. */
    java.util.function.Predicate<ByteBuf> drop = d -> false;

    long bytes;

    /** 0: unlimited. */
    long bitsPerSecond;

    private final long[] freeAtNs = new long[3];
  }

  private record Event(long atNs, long order, Runnable action) {}

  final ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;

  /** Where a forged datagram gets its memory: a slice of a chunk, or a buffer of its own. */
  java.util.function.UnaryOperator<ByteBuf> memory = java.util.function.UnaryOperator.identity();

  final SplittableRandom random;
  final Path[] paths;
  final TestHost client;
  final TestHost server;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) ->
              a.atNs != b.atNs ? Long.compare(a.atNs, b.atNs) : Long.compare(a.order, b.order));
  private long order;
  private long nowNs = 1_000 * MS;

  TestNet(long seed, int pathCount) {
    random = new SplittableRandom(seed);
    paths = new Path[pathCount];
    for (int i = 0; i < pathCount; i++) {
      paths[i] = new Path();
    }
    client = new TestHost(this, 1, random.split());
    server = new TestHost(this, 2, random.split());
  }

  long nowNs() {
    return nowNs;
  }

  void at(long atNs, Runnable action) {
    events.add(new Event(atNs, order++, action));
  }

  /** Runs until nothing is due before the limit, or the condition holds. */
  void runUntil(java.util.function.BooleanSupplier condition, long limitNs) {
    client.pump();
    server.pump();
    while (!condition.getAsBoolean()) {
      long next = Math.min(client.nextTimeoutNs(), server.nextTimeoutNs());
      next = Math.min(next, events.isEmpty() ? Long.MAX_VALUE : events.peek().atNs);
      if (next > limitNs) {
        nowNs = limitNs;
        return;
      }
      nowNs = Math.max(nowNs, next);
      while (!events.isEmpty() && events.peek().atNs <= nowNs) {
        events.poll().action.run();
      }
      client.onTimeout();
      server.onTimeout();
      client.pump();
      server.pump();
    }
  }

  void run(long forNs) {
    runUntil(() -> false, nowNs + forNs);
  }

  /** Releases packets still on their way. */
  void close() {
    for (Path p : paths) {
      p.up = false;
    }
    client.close();
    server.close();
    while (!events.isEmpty()) {
      events.poll().action.run();
    }
  }

  void send(TestHost from, TxSegment segment) {
    TestHost to = from == client ? server : client;
    int link = segment.linkIndex();
    Path path = paths[link];
    int gso = segment.gsoSize();
    Packet packet = new Packet();
    segment.encodeInto(packet, allocator);
    ByteBuf datagram = packet.linearize(allocator);
    packet.release();
    if (path.stripMptcp || path.stripMptcpOnSynOnly && Cutter.isSyn(datagram)) {
      Cutter.blankMptcp(datagram);
    }
    if (path.cut && gso > 0) {
      for (ByteBuf piece : Cutter.cut(datagram, gso, allocator)) {
        deliver(to, link, path, piece, 0);
      }
      datagram.release();
    } else {
      deliver(to, link, path, datagram, gso);
    }
  }

  private void deliver(TestHost to, int link, Path path, ByteBuf datagram, int gso) {
    if (!path.up || path.drop.test(datagram) || random.nextDouble() < path.loss) {
      datagram.release();
      return;
    }
    path.bytes += datagram.readableBytes();
    long delay = path.delayNs + queueing(path, to, datagram.readableBytes());
    if (delay > path.delayNs + 50 * MS) {
      datagram.release();
      return;
    }
    if (random.nextDouble() < path.reorder) {
      delay += random.nextLong(1, 4 * path.delayNs);
    }
    if (random.nextDouble() < path.duplicate) {
      arrive(to, link, path, datagram.copy(), gso, delay + random.nextLong(path.delayNs));
    }
    arrive(to, link, path, datagram, gso, delay);
  }

  /** Time in the queue in front of a path with a rate, and on the wire. */
  private long queueing(Path path, TestHost to, int bytes) {
    if (path.bitsPerSecond == 0) {
      return 0;
    }
    int way = to == client ? 1 : 2;
    long start = Math.max(nowNs, path.freeAtNs[way]);
    if (start - nowNs > 50 * MS) {
      return Long.MAX_VALUE / 2;
    }
    path.freeAtNs[way] = start + bytes * 8_000_000_000L / path.bitsPerSecond;
    return path.freeAtNs[way] - nowNs;
  }

  private void arrive(TestHost to, int link, Path path, ByteBuf datagram, int gso, long delay) {
    at(
        nowNs + delay,
        () -> {
          if (path.up) {
            RxSegment rx = new RxSegment();
            rx.parse(datagram, ChecksumState.PARTIAL, gso);
            to.onSegment(rx, link);
          }
          datagram.release();
        });
  }
}
