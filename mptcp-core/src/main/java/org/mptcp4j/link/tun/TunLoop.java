package org.mptcp4j.link.tun;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.Turn;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that drives a stack over links with file descriptors, for embedding without Netty.
 * Each turn: tasks, packets in (bounded), timers, the application's hook, packets out; then it
 * sleeps until a link is readable, a task arrives or a timer is due, to the nanosecond. Everything
 * of the stack runs on this thread; other threads hand their work over with {@link #execute}. The
 * thread is a daemon: it does not keep the program alive.
 *
 * <p>What the application's hook or a task throws is logged, and the loop goes on: the links are
 * those of other connections as well. A loop knows of no other one: packets that belong to another
 * stack of a {@code StackGroup} are dropped, and counted by the link that they came on.
 */
public final class TunLoop implements Executor, Closeable {
  /**
   * A link and the descriptor that tells when it is readable.
   *
   * @param link the link, closed with the loop; its place in the list is the link index of packets
   * @param fd what to poll, -1 when the link calls {@link TunLoop#wakeup()} by itself
   */
  public record Port(LinkDevice link, int fd) {}

  private static final Logger LOG = LoggerFactory.getLogger(TunLoop.class);
  private static final int READ_BATCH = 32;
  private static final int WRITE_BATCH = 64;
  private static final int POLLFD = 8;

  /** What fails may do so with every packet: it is said now and then, with the number of times. */
  private static final long SAY_AGAIN_NS = 10_000_000_000L;

  private final Turn turn;
  private final Runnable application;
  private final List<Port> ports;
  private final PacketBatch in = new PacketBatch(READ_BATCH);
  private final PacketBatch[] held;
  private final int[] heldNext;
  private final boolean[] readable;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final int eventFd;
  private final ByteBuffer polls;
  private final ByteBuffer timeout = LibC.memory(16);
  private final ByteBuffer counter = LibC.memory(8);
  private final ByteBuffer one = LibC.memory(8).putLong(0, 1);
  private final Object wakeLock = new Object();
  private boolean wakeClosed;
  private final long pollsAddress;
  private final long timeoutAddress = LibC.addressOf(timeout);
  private final long counterAddress = LibC.addressOf(counter);
  private final long oneAddress = LibC.addressOf(one);
  private final Thread thread;
  private long failures; // of the application's hook
  private long saidNs; // when the last of them was told of
  private boolean foreignSaid;
  private volatile boolean stopping;
  private volatile @Nullable Throwable failure;

  /**
   * A loop that has not started.
   *
   * @param name of the thread
   * @param processor the stack; from {@link #start()} on only this loop's thread may touch it
   * @param ports the links in the order of their link index; closed with the loop
   * @param application called each turn after the stack has seen packets, timers or tasks: polls
   *     the stack's events and reads and writes its sockets
   * @throws IOException when the system is out of descriptors
   */
  public TunLoop(String name, PacketProcessor processor, List<Port> ports, Runnable application)
      throws IOException {
    turn = new Turn(processor, new Here(), WRITE_BATCH, 1);
    this.application = application;
    this.ports = List.copyOf(ports);
    held = new PacketBatch[ports.size()];
    heldNext = new int[ports.size()];
    readable = new boolean[ports.size()];
    for (int i = 0; i < held.length; i++) {
      held[i] = new PacketBatch(WRITE_BATCH);
      readable[i] = true;
    }
    eventFd = LibC.eventfd(0, LibC.EFD_NONBLOCK_CLOEXEC);
    if (eventFd < 0) {
      throw TunException.system("eventfd", LibC.errno());
    }
    polls = LibC.memory(POLLFD * (ports.size() + 1));
    pollsAddress = LibC.addressOf(polls);
    for (int i = 0; i < held.length; i++) {
      polls.putInt(POLLFD * i, this.ports.get(i).fd());
    }
    polls.putInt(POLLFD * held.length, eventFd);
    polls.putShort(POLLFD * held.length + 4, LibC.POLLIN);
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /** Starts the thread; once only. */
  public void start() {
    thread.start();
  }

  /** Whether the caller is the loop's thread. */
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /**
   * Runs {@code task} on the loop's thread, in order. From any thread.
   *
   * @throws RejectedExecutionException when the loop is closed
   */
  @Override
  public void execute(Runnable task) {
    if (stopping) {
      throw new RejectedExecutionException("the loop is closed");
    }
    tasks.add(task);
    wakeup();
  }

  /** Makes the loop take a turn now. From any thread; cheap when it is awake anyway. */
  public void wakeup() {
    if (!inLoop() && awake.compareAndSet(false, true)) {
      synchronized (wakeLock) {
        if (!wakeClosed) {
          LibC.write(eventFd, oneAddress, 8);
        }
      }
    }
  }

  /** What ended the loop's thread early, or null. */
  public @Nullable Throwable failure() {
    return failure;
  }

  private void run() {
    try {
      while (!stopping) {
        turn();
      }
    } catch (Throwable t) {
      LOG.error("loop {} ends", thread.getName(), t);
      failure = t;
      stopping = true;
    } finally {
      shutDown();
    }
  }

  private void turn() {
    runTasks();
    boolean more = false;
    for (int i = 0; i < held.length; i++) {
      more |= readable[i] && read(i);
    }
    more |= turn.run(System.nanoTime());
    if (!more && tasks.isEmpty()) {
      sleep();
    }
  }

  private void runTasks() {
    // bounded by what was there at the start, so that tasks that add tasks starve nobody
    for (int left = tasks.size(); left > 0; left--) {
      Runnable task = tasks.poll();
      try {
        task.run();
      } catch (Throwable failure) {
        LOG.warn("a task on loop {} failed", thread.getName(), failure);
      }
    }
  }

  /** Reads one batch; whether there may be more. */
  private boolean read(int index) {
    int n = ports.get(index).link().receive(in);
    for (int i = 0; i < in.size(); i++) {
      in.get(i).linkIndex(index);
    }
    if (n > 0) {
      turn.accept(System.nanoTime(), in);
    }
    boolean descriptor = ports.get(index).fd() >= 0;
    boolean more = descriptor ? n >= READ_BATCH : n > 0;
    // a link that calls wakeup() is asked every turn, one with a descriptor when it is readable
    readable[index] = more || !descriptor && n == 0;
    if (n < 0) {
      polls.putInt(POLLFD * index, -1);
    }
    return more;
  }

  /** The clock of the machine, the application, and the links of this loop. */
  private final class Here implements Turn.Driver {
    @Override
    public long nowNs() {
      return System.nanoTime();
    }

    @Override
    public boolean react() {
      try {
        application.run();
      } catch (Throwable failure) {
        applicationFailed(failure);
      }
      return false; // What it left to do shows in the deadline of the stack.
    }

    /** What waits for a busy link is sent before anything else. */
    @Override
    public boolean hasRoom() {
      boolean room = true;
      for (int i = 0; i < held.length; i++) {
        room &= held[i].size() == 0 || flush(i);
      }
      return room;
    }

    @Override
    public void send(Packet packet) {
      int index = packet.linkIndex();
      if (held[index].size() > 0 || !ports.get(index).link().send(packet)) {
        packet.moveTo(held[index].add());
      }
    }

    @Override
    public void handOver(int owner, PacketBatch packets) {
      dropForeign(owner, packets);
    }
  }

  /** Whatever it is, a thread that it ended would take all links and connections with it. */
  private void applicationFailed(Throwable failure) {
    long nowNs = System.nanoTime();
    failures++;
    if (failures == 1 || nowNs - saidNs >= SAY_AGAIN_NS) {
      saidNs = nowNs;
      LOG.error(
          "the application of loop {} failed, {} times so far; the loop goes on",
          thread.getName(),
          failures,
          failure);
    }
  }

  /** As a network that loses them would: the connections of this stack go on. */
  private void dropForeign(int owner, PacketBatch packets) {
    for (int i = 0; i < packets.size(); i++) {
      ports.get(packets.get(i).linkIndex()).link().counters().receiveDropped();
    }
    packets.clear();
    if (!foreignSaid) {
      foreignSaid = true;
      LOG.warn(
          "loop {} drops packets that belong to stack {} of the group: it hands nothing over; use"
              + " an MptcpHost with several event loops, or a driver with a Turn of its own",
          thread.getName(),
          owner);
    }
  }

  /** Sends what waited for a busy link; whether all of it went. */
  private boolean flush(int index) {
    PacketBatch waiting = held[index];
    while (heldNext[index] < waiting.size()) {
      if (!ports.get(index).link().send(waiting.get(heldNext[index]))) {
        return false;
      }
      heldNext[index]++;
    }
    waiting.clear();
    heldNext[index] = 0;
    return true;
  }

  private void sleep() {
    awake.set(false);
    long wait = turn.deadlineNs();
    if (wait != Long.MAX_VALUE) {
      wait = Math.max(0, wait - System.nanoTime());
    }
    if (!tasks.isEmpty() || stopping) {
      wait = 0;
    }
    for (int i = 0; i < held.length; i++) {
      short events = (short) (LibC.POLLIN | (held[i].size() > 0 ? LibC.POLLOUT : 0));
      polls.putShort(POLLFD * i + 4, events).putShort(POLLFD * i + 6, (short) 0);
    }
    timeout.putLong(0, wait / 1_000_000_000L).putLong(8, wait % 1_000_000_000L);
    long address = wait == Long.MAX_VALUE ? 0 : timeoutAddress;
    LibC.ppoll(pollsAddress, held.length + 1, address, 0);
    awake.set(true);
    for (int i = 0; i < held.length; i++) {
      readable[i] |= polls.getShort(POLLFD * i + 6) != 0;
    }
    if (polls.getShort(POLLFD * held.length + 6) != 0) {
      LibC.read(eventFd, counterAddress, 8);
    }
  }

  private void shutDown() {
    if (failure == null) {
      runTasks();
    }
    in.clear();
    for (int i = 0; i < held.length; i++) {
      held[i].clear();
      ports.get(i).link().close();
    }
    synchronized (wakeLock) {
      wakeClosed = true;
      LibC.close(eventFd);
    }
  }

  /**
   * Ends the loop after the current turn, waits for its thread and closes the links. The stack is
   * not told: shut it down first and wait until it is drained, for which the application's hook may
   * look and call this.
   */
  @Override
  public void close() {
    stopping = true;
    if (thread.getState() == Thread.State.NEW) {
      shutDown();
      return;
    }
    wakeup();
    if (inLoop()) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
