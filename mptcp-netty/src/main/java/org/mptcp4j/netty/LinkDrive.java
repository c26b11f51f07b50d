package org.mptcp4j.netty;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.Turn;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/**
 * Drives a stack over link devices from an event loop. One turn: packets from a device to the
 * stack, the stack's events to the channels, the stack's packets to the devices. Allocates nothing
 * per packet.
 */
final class LinkDrive implements Drive, Turn.Driver {
  /**
   * Packets read before the stack sees them: as super-segments they and the buffer they are read
   * into stay in the processor's second cache.
   */
  private static final int RECEIVE_BATCH = 4;

  /**
   * Batches from one device before the stack may send. What is acknowledged together costs the
   * kernel one packet: with fewer rounds a bulk transfer into this stack is a fifth dearer.
   */
  private static final int RECEIVE_ROUNDS = 16;

  private static final int TRANSMIT_BATCH = 16;
  private static final int TURN_ROUNDS = 16;

  /** How long a device that failed is left alone, and until what could not be sent is sent. */
  static final long REST_NS = 10_000_000;

  /** How often devices are asked for packets when the event loop that would watch them ends. */
  private static final long LAST_ROUNDS_NS = 1_000_000;

  /**
   * Packets taken one by one before the event loop looks after other things. They are fewer than in
   * batches, and asking the event loop costs more than any of them.
   */
  private static final int LONE_ROUNDS = 128;

  private final MptcpStack stack;
  private final IoEventLoop loop;
  private final Ticker ticker;
  private final EventDispatcher events;
  private final Spin spin;
  private final FailureLog failures;
  private final List<LinkPort> ports = new ArrayList<>();
  private final PacketBatch received = new PacketBatch(RECEIVE_BATCH);
  private final PacketBatch receivedAlone = new PacketBatch(1);
  private final Turn turn;
  private final Runnable turnTask = this::turn;
  private final Runnable timerTask = this::timer;
  private final Runnable handoverTask = this::receiveHandedOver;

  private Optional<Crossing> crossing = Optional.empty(); // with the stacks of other event loops
  private boolean inTurn;
  private boolean turnScheduled;
  private boolean failed;
  private boolean loopEnds;
  private final Ending ending = new Ending();
  private Future<?> timer;
  private long timerAtNs = Long.MAX_VALUE;

  /**
   * A drive without devices.
   *
   * @param spinNs how long to stay awake after a packet, 0 for not at all
   */
  LinkDrive(MptcpStack stack, IoEventLoop loop, long spinNs) {
    this.stack = stack;
    this.loop = loop;
    this.ticker = loop.ticker();
    this.events = new EventDispatcher(stack);
    this.turn = new Turn(stack, this, TRANSMIT_BATCH, TURN_ROUNDS);
    this.failures = new FailureLog(ticker);
    this.spin = new Spin(loop, spinNs, this::receiveFromAll);
    timer = loop.newSucceededFuture(null);
  }

  /**
   * Adds the device of the next link index and starts to serve it.
   *
   * @param port closed with the drive
   * @param whenLoopEnds called when the event loop ends before the drive does
   */
  void addPort(LinkPort port, Runnable whenLoopEnds) {
    int index = ports.size();
    ports.add(port);
    port.start(
        new DeviceWatch.Listener() {
          @Override
          public boolean readable() {
            return receive(port, index);
          }

          @Override
          public void writable() {
            sendWaiting(port);
          }

          @Override
          public void loopEnds() {
            whenLoopEnds.run();
          }
        });
  }

  /** Makes the stack one of several on as many event loops; before the first {@link #addPort}. */
  void join(Crossing way) {
    crossing = Optional.of(way);
    way.inbox().open(() -> Rounds.next(loop, handoverTask));
  }

  @Override
  public long nowNs() {
    return ticker.nanoTime();
  }

  @Override
  public void touched() {
    if (!inTurn && !turnScheduled && !ending.isOver() && !loopEnds) {
      turnScheduled = true;
      loop.execute(turnTask);
    }
  }

  /**
   * A device has packets. Where they come one at a time, as requests and answers do, each is
   * answered before the device is asked for another: by then the peer may have sent it, and where
   * it never has, it is not asked. Otherwise some batches are taken before the stack may send, so
   * that devices take turns and what waits for bytes of another subflow does not wait long. Returns
   * whether some may be left.
   */
  private boolean receive(LinkPort port, int index) {
    for (int round = 0; port.packetsComeAlone() && round < LONE_ROUNDS; round++) {
      long nowNs = ticker.nanoTime();
      int count = receive(nowNs, port, index, receivedAlone);
      if (round > 0) {
        port.askedAfterAnswer(count);
      }
      if (count <= 0) {
        return false;
      }
      answer(nowNs);
      if (port.nextTakesItsTime()) {
        return true;
      }
    }
    return port.packetsComeAlone() || receiveBatches(port, index);
  }

  private void receiveFromAll() {
    for (int i = 0; i < ports.size(); i++) {
      receive(ports.get(i), i);
    }
  }

  private boolean receiveBatches(LinkPort port, int index) {
    long nowNs = ticker.nanoTime();
    int count = receive(nowNs, port, index, received);
    if (count <= 0) {
      return false;
    }
    for (int round = 1; count == RECEIVE_BATCH && round < RECEIVE_ROUNDS; round++) {
      nowNs = ticker.nanoTime();
      count = receive(nowNs, port, index, received);
    }
    answer(nowNs);
    // Less than a batch may still be all that an adapter made of very many packets in one go.
    return count > 0;
  }

  private void answer(long nowNs) {
    turn(nowNs);
    spin.packet(nowNs);
  }

  /** One batch. Returns how many packets it had, or {@link LinkDevice#CLOSED}. */
  private int receive(long nowNs, LinkPort port, int index, PacketBatch batch) {
    if (ending.isOver()) {
      return LinkDevice.CLOSED;
    }
    inTurn = true;
    int count = 0;
    try {
      count = port.receive(batch);
      if (port.lacksMemory()) {
        failures.lack("memory for received packets");
      }
      for (int i = 0; i < count; i++) {
        batch.get(i).linkIndex(index);
      }
      if (count > 0) {
        turn.accept(nowNs, batch);
        events.dispatch();
      } else if (count == LinkDevice.CLOSED) {
        port.stop();
      }
    } catch (Throwable failure) {
      if (count == 0) {
        failures.report("reading from a device", failure);
        rest(port);
      } else {
        failed("processing packets", failure);
      }
    } finally {
      batch.clear();
      inTurn = false;
    }
    return count;
  }

  /** Whatever it is, an event loop that it ended would take all devices and channels with it. */
  private void failed(String during, Throwable failure) {
    failed = true;
    failures.report(during, failure);
  }

  /** Asks a device that failed only after a while again: it may fail as long as it has packets. */
  private void rest(LinkPort port) {
    port.rest();
    if (loopEnds) {
      return;
    }
    loop.schedule(port::resume, REST_NS, TimeUnit.NANOSECONDS);
  }

  private void sendWaiting(LinkPort port) {
    try {
      port.sendWaiting();
    } catch (Throwable failure) {
      failed("writing to a device", failure);
    }
  }

  @Override
  public boolean react() {
    return events.dispatch();
  }

  @Override
  public void send(Packet packet) {
    ports.get(packet.linkIndex()).send(packet);
  }

  @Override
  public void handOver(int owner, PacketBatch packets) {
    crossing.orElseThrow().handOver(owner, packets);
  }

  /** Other event loops have handed packets to this one: as much as from a device in one go. */
  private void receiveHandedOver() {
    long nowNs = ticker.nanoTime();
    boolean left = receiveHandedOver(nowNs);
    for (int round = 1; left && round < RECEIVE_ROUNDS; round++) {
      nowNs = ticker.nanoTime();
      left = receiveHandedOver(nowNs);
    }
    if (left && !loopEnds) {
      Rounds.next(loop, handoverTask); // in any case: nobody else will tell of them
    }
    turn(nowNs);
  }

  /** One batch. Returns whether there are more. */
  private boolean receiveHandedOver(long nowNs) {
    if (ending.isOver()) {
      return false;
    }
    boolean left = false;
    inTurn = true;
    try {
      left = crossing.orElseThrow().inbox().take(received);
      turn.accept(nowNs, received);
      events.dispatch();
    } catch (Throwable failure) {
      failed("processing packets", failure);
    } finally {
      received.clear();
      inTurn = false;
    }
    return left;
  }

  private void turn() {
    turnScheduled = false;
    turn(ticker.nanoTime());
  }

  private void turn(long nowNs) {
    if (ending.isOver()) {
      return;
    }
    inTurn = true;
    boolean more = false;
    try {
      more = turn.finish(nowNs);
    } catch (Throwable failure) {
      failed("sending packets", failure);
    } finally {
      inTurn = false;
    }
    if (ending.isAsked() && (failed || stack.isDrained())) {
      stop(); // also after a failure, when nothing is certain any more
      return;
    }
    if (more && !turnScheduled && !loopEnds) {
      turnScheduled = true;
      Rounds.next(loop, turnTask);
    }
    armTimer();
  }

  /**
   * Re-arms only when the deadline came nearer; a task that fires too early finds the later one.
   * After a failure there may be something left to do, but not at once: it may fail again.
   */
  private void armTimer() {
    long next = failed ? ticker.nanoTime() + REST_NS : turn.deadlineNs();
    failed = false;
    if (next >= timerAtNs || ending.isOver() || loopEnds) {
      return;
    }
    timer.cancel(false);
    timerAtNs = next;
    timer = loop.schedule(timerTask, Math.max(0, next - ticker.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private void timer() {
    timerAtNs = Long.MAX_VALUE;
    if (ending.isOver()) {
      return;
    }
    long now = ticker.nanoTime();
    try {
      turn.expire(now);
    } catch (Throwable failure) {
      failed("running timers", failure);
    }
    turn(now);
  }

  @Override
  public void close(Runnable whenStopped) {
    ending.ask(whenStopped);
    if (!inTurn) {
      turn();
    }
  }

  @Override
  public void closeWithLoop(Runnable whenStopped) {
    ending.ask(whenStopped);
    loopEnds = true;
    if (loop.inEventLoop()) {
      lastRounds();
    } else {
      lastResets();
    }
  }

  /** The event loop is gone, and with it the thread that channels may be told something on. */
  private void lastResets() {
    try {
      long most = stack.usage().flows();
      for (long turns = 0; turn.transmit(ticker.nanoTime()) && turns < most; turns++) {}
    } catch (Throwable failure) {
      failures.report("sending the last packets", failure);
    }
    stop();
  }

  private void lastRounds() {
    turn();
    while (!ending.isOver()) {
      receiveFromAll();
      ports.forEach(this::sendWaiting);
      if (crossing.isPresent()) {
        receiveHandedOver();
      }
      timer();
      if (!ending.isOver()) {
        LockSupport.parkNanos(LAST_ROUNDS_NS);
      }
    }
  }

  private void stop() {
    ending.over();
    timer.cancel(false);
    ports.forEach(LinkPort::stop);
    received.clear();
    crossing.ifPresent(way -> way.inbox().close());
    ending.tell();
  }
}
