package org.mptcp4j.testkit.packetdrill;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathNews;
import org.mptcp4j.pm.Priority;

/**
 * The stack under test on a link whose other end is the script, in virtual time: time moves only
 * when the script waits, from one timer to the next.
 */
final class StackHost {
  private static final long BEGINNING_NS = 1_000_000_000_000L;
  private static final int BATCH = 64;

  /** More turns than this at one moment mean that the stack goes round in circles. */
  private static final int MOST_TURNS = 100_000;

  /** What happens on the side of the application. */
  interface Application {
    /** Something happened to a socket. */
    void onEvent(StackEvent event);

    /** The stack may have changed: goes on with what waits. Returns whether it called the stack. */
    boolean turn();

    /** When {@link #turn} wants to be called if nothing else happens. */
    long deadlineNs();
  }

  private final MptcpStack stack;
  private final ByteBufAllocator allocator;
  private final Application application;
  private final Deque<Segment> sent = new ArrayDeque<>();
  private final PacketBatch in = new PacketBatch(1);
  private final PacketBatch out = new PacketBatch(BATCH);
  private long nowNs = BEGINNING_NS;

  StackHost(
      RunOptions options,
      StackConfig config,
      Supplier<PathManager> paths,
      ByteBufAllocator allocator,
      Application application) {
    this.allocator = allocator;
    this.application = application;
    stack =
        MptcpStack.builder()
            .config(config)
            .allocator(allocator)
            .seed(1)
            .pathManager(paths)
            .link(0, options.mtu())
            .address(0, options.local() + "/" + options.version().prefix())
            .build();
  }

  MptcpStack stack() {
    return stack;
  }

  /** The time of the stack. */
  long nowNs() {
    return nowNs;
  }

  /** The time of the script, which begins at 0. */
  long scriptNs() {
    return nowNs - BEGINNING_NS;
  }

  /**
   * A packet of the script arrives now.
   *
   * @param gsoSize payload of each packet that it stands for if it is larger, 0 if it is just one
   */
  void receive(ByteBuf datagram, int gsoSize) {
    Packet packet = in.add();
    packet.header(datagram);
    packet.gsoSize(gsoSize);
    stack.onPackets(nowNs, in);
    turn();
  }

  /** Lets everything happen that happens at this moment. To be called after verbs of sockets. */
  void turn() {
    int turns = 0;
    boolean again;
    do {
      for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
        application.onEvent(event);
      }
      again = application.turn();
      transmit();
      if (stack.nextTimeoutNs() <= nowNs) {
        stack.onTimeout(nowNs);
        again = true;
      }
      if (++turns > MOST_TURNS) {
        throw new IllegalStateException("the stack never comes to rest at " + scriptNs() + " ns");
      }
    } while (again);
  }

  private void transmit() {
    boolean full;
    do {
      stack.pollTransmit(nowNs, out);
      full = out.isFull();
      for (int i = 0; i < out.size(); i++) {
        capture(out.get(i));
      }
      out.clear();
    } while (full);
  }

  private void capture(Packet packet) {
    ByteBuf datagram = packet.linearize(allocator);
    try {
      Segment.of(scriptNs(), datagram, packet.gsoSize()).ifPresent(sent::add);
    } finally {
      datagram.release();
    }
  }

  /** Packets that left and that the script has not seen yet. */
  Deque<Segment> sent() {
    return sent;
  }

  /**
   * Lets time pass to the next thing that happens by itself.
   *
   * @param untilNs time of the script at which it stops at the latest
   * @return whether something happened before
   */
  boolean step(long untilNs) {
    long limit = untilNs + BEGINNING_NS;
    long next = Math.min(stack.nextTimeoutNs(), application.deadlineNs());
    if (next > limit) {
      nowNs = Math.max(nowNs, limit);
      return false;
    }
    nowNs = Math.max(nowNs, next);
    stack.onTimeout(nowNs);
    turn();
    return true;
  }

  /** Lets time pass until then. */
  void advance(long untilNs) {
    while (step(untilNs)) {
      // Timers run.
    }
  }

  /** Lets time pass until a packet leaves. Returns whether one did. */
  boolean awaitSent(long untilNs) {
    boolean more = true;
    while (sent.isEmpty() && more) {
      more = step(untilNs);
    }
    return !sent.isEmpty();
  }

  /** The stack gets another address now. */
  void addAddress(IpAddress address) {
    String prefix = address.isV4() ? "/24" : "/64";
    stack.addAddress(nowNs, 0, address + prefix, Priority.NORMAL);
    turn();
  }

  /** Something that path managers have to know happened now. */
  void tellPathManagers(PathNews news) {
    stack.tellPathManagers(nowNs, news);
    turn();
  }

  /** Ends the stack; what is left of it is released. */
  void close() {
    stack.close();
  }
}
