package org.mptcp4j.lab.bench;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * What one packet of a flood costs a stack in memory, in the state to which that flood brings it.
 * Time is virtual, so that a slow machine meets the same packets; the processor's time is measured.
 */
final class FloodCost implements AutoCloseable {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final IpAddress SERVER = IpAddress.parse("10.82.0.2");
  private static final IpAddress ATTACKERS = IpAddress.parse("11.0.0.2");
  private static final int PORT = 5001;
  private static final int BATCH = 64;
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int FILLING_TURNS = 1500;
  private static final long TURN_NS = 1_000_000;

  /**
   * What was measured.
   *
   * @param kind which flood
   * @param ns of the processor, for each packet
   * @param allocatedBytes on the heap, for each packet
   * @param answers that left, for each packet
   */
  record Cost(FloodKind kind, double ns, double allocatedBytes, double answers) {}

  private final FloodKind kind;
  private final PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private final MptcpStack stack;
  private final MptcpServerSocket server;
  private final FloodPeer peer;
  private final Set<MptcpSocket> asked = new HashSet<>();
  private final PacketBatch in = new PacketBatch(4 * BATCH);
  private final PacketBatch out = new PacketBatch(BATCH);
  private final TxSegment segment = new TxSegment();
  private final RxSegment seen = new RxSegment();
  private final ByteBuf memory = Unpooled.directBuffer(CHUNK_BYTES);
  private final ByteBuf chunk = Unpooled.unreleasableBuffer(memory);
  private final long packetNs;
  private long nowNs = 1_000_000_000L;
  private long answers;
  private long spentNs;
  private long allocatedBytes;

  FloodCost(FloodKind kind, int perSecond) {
    this.kind = kind;
    packetNs = 1_000_000_000L / perSecond;
    chunk.writeZero(CHUNK_BYTES);
    StackConfig config = StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build();
    stack =
        MptcpStack.builder()
            .seed(kind.ordinal())
            .config(config)
            .link(0, 1500)
            .address(0, SERVER + "/24")
            .link(1, 1500)
            .address(1, "10.82.1.2/24")
            .allocator(allocator)
            .build();
    try {
      server = stack.listen(new InetSocketAddress(PORT), 1 << 16);
    } catch (MptcpException e) {
      throw LabException.failed("a stack in memory: " + e.getMessage(), e);
    }
    peer = new FloodPeer(kind, ATTACKERS, SERVER, PORT, new SplittableRandom(kind.ordinal()));
  }

  /** Floods until the state is reached, and then measures. */
  Cost measure(int before, int packets) {
    open();
    peer.attack();
    flood(before);
    answers = 0;
    spentNs = 0;
    allocatedBytes = 0;
    flood(packets);
    double n = packets;
    return new Cost(kind, spentNs / n, allocatedBytes / n, answers / n);
  }

  private void open() {
    for (int i = 0; i < peer.size(); i++) {
      if (peer.syn(i, segment)) {
        add();
        exchange();
      }
    }
    if (!peer.isOpen()) {
      throw LabException.failed("of " + peer.size() + " connections " + peer.opened() + " opened");
    }
    for (int i = 0; i < FILLING_TURNS && peer.fills(); i++) {
      exchange();
    }
  }

  /** Turns until nobody has anything more to say at this time. */
  private void exchange() {
    do {
      turn();
    } while (in.size() > 0);
    nowNs += TURN_NS;
  }

  private void flood(int packets) {
    for (int left = packets; left > 0; left -= BATCH) {
      while (in.size() < BATCH) {
        peer.next(segment);
        add();
        nowNs += packetNs;
      }
      turn();
    }
  }

  private void add() {
    Packet made = new Packet();
    segment.encodeInto(made, allocator);
    ByteBuf datagram = made.linearize(allocator);
    Packet packet = in.add();
    packet.header(datagram);
    packet.checksum(made.checksum());
    made.release();
  }

  /** As a driver does it: packets, timers, the application, packets. */
  private void turn() {
    boolean more = true;
    boolean first = true;
    while (more) {
      long bytes = THREADS.getCurrentThreadAllocatedBytes();
      long begin = THREADS.getCurrentThreadCpuTime();
      if (first) {
        stack.onPackets(nowNs, in);
        if (stack.nextTimeoutNs() <= nowNs) {
          stack.onTimeout(nowNs);
        }
      }
      boolean heard = react();
      stack.pollTransmit(nowNs, out);
      spentNs += THREADS.getCurrentThreadCpuTime() - begin;
      allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - bytes;
      answers += out.size();
      first = false;
      more = heard || out.size() > 0;
      answer();
    }
  }

  private boolean react() {
    boolean any = false;
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      any = true;
      switch (event.type()) {
        case ACCEPTABLE -> {
          for (MptcpSocket s = server.accept(); s != null; s = server.accept()) {
            serve(s);
          }
        }
        case READABLE, WRITABLE -> serve(event.socket());
        default -> {
          // The others need nothing.
        }
      }
    }
    return any;
  }

  /** Whoever has said something is sent a stream without end. */
  private void serve(MptcpSocket socket) {
    for (ByteBuf b = socket.read(); b != null; b = socket.read()) {
      asked.add(socket);
      b.release();
    }
    while (asked.contains(socket) && socket.writableBytes() > 0) {
      socket.write(chunk.retainedDuplicate());
    }
  }

  /** What the attacker says to what came. */
  private void answer() {
    for (int i = 0; i < out.size(); i++) {
      boolean answers = seen.parse(out.get(i)) == ParseVerdict.OK && peer.onSegment(seen, segment);
      if (answers && !in.isFull()) {
        add();
      }
    }
    out.clear();
  }

  @Override
  public void close() {
    in.clear();
    out.clear();
    stack.close();
    memory.release();
  }
}
