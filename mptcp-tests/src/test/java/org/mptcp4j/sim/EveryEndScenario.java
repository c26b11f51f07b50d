package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import java.util.function.Supplier;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.Middlebox;
import org.mptcp4j.link.sim.SimChannel;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.sched.Schedulers;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.middlebox.Boxes;
import org.mptcp4j.testkit.middlebox.TcpBox;

/**
 * Each way to end, at either end of a connection, in each setting in which there may be one: {@link
 * #SETTINGS} seeds in a row are all of them. What else there is (what the other end does, how much
 * is sent, when what happens, options, several stacks on a host) follows from the seed.
 */
final class EveryEndScenario extends ShortLives {
  /** How one end ends. */
  private enum End {
    CLOSE_AFTER_SENDING,
    CLOSE_NOW,
    CLOSE_UNREAD,
    HALF_CLOSE_AFTER_SENDING,
    HALF_CLOSE_NOW,
    ABORT,
    LINGER_ZERO,
    LINGER,
    HOST_SHUTS_DOWN,
    HOST_IS_CUT_OFF,
    LINKS_DOWN,
    SILENCE,
    SILENCE_ONE_WAY,
    SUBFLOW_RESET,
    ADDRESS_GONE
  }

  /** What the other end does meanwhile. */
  private enum Answer {
    CLOSES_AT_END,
    ENDS_AFTER_SENDING,
    CLOSES_AFTER_SENDING,
    SENDS_MORE,
    DOES_NOT_READ,
    ABORTS
  }

  /** What carries the data, and what a box makes of it. */
  private enum Carrier {
    TCP(Start.NEVER, Boxes::stripsAll),
    MPTCP(Start.NEVER, Boxes::stripsAll),
    NO_MPTCP_PASSES(Start.AT_ONCE, Boxes::stripsAll),
    NONE_ON_DATA(Start.AT_ONCE, Boxes::stripsData),
    NONE_PASSES_LATER(Start.LATER, Boxes::stripsAll),
    NONE_ON_DATA_LATER(Start.LATER, Boxes::stripsData),
    NONE_ON_ACKS_LATER(Start.LATER, Boxes::stripsAcks),
    ONE_SEGMENT_LATER(Start.LATER, Boxes::stripsThirdAck),
    WRONG_CHECKSUMS_LATER(Start.LATER, Boxes::spoilsChecksums);

    private enum Start {
      NEVER,
      AT_ONCE,
      LATER
    }

    private final Start start;
    private final Supplier<TcpBox> box;

    Carrier(Start start, Supplier<TcpBox> box) {
      this.start = start;
      this.box = box;
    }
  }

  /** Which way the box works. */
  private enum Way {
    TO_SERVER,
    TO_CLIENT,
    BOTH
  }

  /** How many settings there are. */
  static final int SETTINGS =
      End.values().length * Carrier.values().length * Way.values().length * 2 * 2 * 2 * 2 * 2;

  /** Without a common divisor with {@link #SETTINGS}: neighbours have little in common. */
  private static final long STRIDE = 7_919;

  private static final SimWorld.Family[] FAMILIES = {SimWorld.Family.V4, SimWorld.Family.V6};

  private final End end;
  private final Carrier carrier;
  private final Way way;
  private final boolean clientEnds;
  private final SimStack client;
  private final SimStack server;
  private boolean over;

  EveryEndScenario(long seed) {
    super(seed);
    Digits digits = new Digits(seed * STRIDE % SETTINGS);
    end = digits.pick(End.values());
    carrier = digits.pick(Carrier.values());
    way = digits.pick(Way.values());
    clientEnds = digits.yes();
    world.family(digits.pick(FAMILIES));
    int paths = digits.yes() ? 2 : 1;
    boolean checksums = digits.yes();
    double loss = digits.yes() ? 0.03 : 0;
    boolean mptcp = carrier != Carrier.TCP;
    client = stack("client", config(mptcp, checksums && chance(0.7)));
    server = stack("server", config(mptcp || chance(0.5), checksums));
    for (int i = 0; i < paths; i++) {
      world.path(client, server, profile().loss(loss));
    }
  }

  private SimStack stack(String name, StackConfig config) {
    return switch (random.nextInt(12)) {
      case 0 -> world.wronglySpreadStacks(name, config, 2);
      case 1 -> world.busySpreadStacks(name, config, 2);
      default -> world.stack(name, config);
    };
  }

  @Override
  SocketOptions.Builder options() {
    SocketOptions.Builder options = super.options();
    if (chance(0.15)) {
      options.tcp(t -> t.fastOpenConnect(true).fastOpenPending(16).fastOpenNoCookie(true));
    }
    if (chance(0.1)) {
      options.userTimeout(Duration.ofSeconds(3));
    }
    if (chance(0.3)) {
      options.scheduler(Schedulers.names().get(random.nextInt(Schedulers.names().size())));
    }
    return options;
  }

  @Override
  LinkProfile profile() {
    LinkProfile p = super.profile();
    return chance(0.2) ? p.reorder(0.05, millis(20)).duplicate(0.02) : p;
  }

  /** A number whose digits are choices. */
  private static final class Digits {
    private long rest;

    Digits(long number) {
      rest = number;
    }

    <T> T pick(T[] of) {
      int digit = (int) (rest % of.length);
      rest /= of.length;
      return of[digit];
    }

    boolean yes() {
      return pick(new Boolean[] {true, false});
    }
  }

  @Override
  SimStack client() {
    return client;
  }

  @Override
  SimStack server() {
    return server;
  }

  private SimStack ending() {
    return clientEnds ? client : server;
  }

  // ---- what applications do

  @Override
  void script(Endpoint e) {
    e.writeSize(1 + random.nextInt(20_000)).send(size());
    if (e.stack() == ending()) {
      e.closeAtEndOfStream();
      if (end == End.CLOSE_UNREAD) {
        e.pauseReading();
      }
    } else {
      answer(e, Answer.values()[random.nextInt(Answer.values().length)]);
    }
  }

  private void answer(Endpoint e, Answer how) {
    e.closeAtEndOfStream();
    long bytes = size();
    switch (how) {
      case ENDS_AFTER_SENDING -> e.thenShutDown();
      case CLOSES_AFTER_SENDING -> e.thenClose();
      case SENDS_MORE -> later(() -> sendMore(e, bytes));
      case DOES_NOT_READ -> later(e::pauseReading);
      case ABORTS -> later(() -> onLiving(e, Endpoint::abort));
      case CLOSES_AT_END -> {
        // It has been told.
      }
    }
  }

  private static void sendMore(Endpoint e, long bytes) {
    if (!e.ended()) {
      e.send(bytes);
    }
  }

  private void later(Runnable action) {
    world.network().after(seconds(soon()), action);
  }

  private interface Act {
    void on(Endpoint e);
  }

  private static void onLiving(Endpoint e, Act act) {
    if (!e.closed() && e.socket().state() != MptcpSocket.State.CLOSED) {
      act.on(e);
    }
  }

  // ---- the end

  @Override
  void trouble() {
    if (carrier.start != Carrier.Start.NEVER) {
      boolean onAll = chance(0.5);
      world
          .network()
          .links()
          .subList(0, onAll ? world.network().links().size() : 1)
          .forEach(this::box);
    }
    // Mostly soon after the box has begun, while what it did is not known to both ends.
    double latest = chance(0.7) ? LATEST_SECONDS : soon();
    world.network().after(seconds(latest), this::end);
  }

  private void box(SimLink link) {
    long fromByte = carrier.start == Carrier.Start.LATER ? 1 + size() : 0;
    if (way != Way.TO_CLIENT) {
      box(link.forward(), link.backward(), fromByte);
    }
    if (way != Way.TO_SERVER) {
      box(link.backward(), link.forward(), fromByte);
    }
  }

  private void box(SimChannel forth, SimChannel back, long fromByte) {
    Duration delay = seconds(2 * Math.pow(random.nextDouble(), 2));
    forth.middlebox(new Trigger(fromByte, () -> world.network().after(delay, this::end)));
    carrier.box.get().fromByte(fromByte).attach(forth, back, world.allocator());
  }

  /** Sees when so many bytes have passed. */
  private static final class Trigger implements Middlebox {
    private long left;
    private final Runnable then;
    private boolean done;

    Trigger(long bytes, Runnable then) {
      left = bytes;
      this.then = then;
    }

    @Override
    public Verdict process(long nowNs, Packet packet) {
      left -= packet.length();
      if (left < 0 && !done) {
        done = true;
        then.run();
      }
      return Verdict.FORWARD;
    }
  }

  private void end() {
    if (over) {
      return;
    }
    over = true;
    switch (end) {
      case HOST_SHUTS_DOWN -> shutDown(ending(), seconds(random.nextInt(3)));
      case HOST_IS_CUT_OFF -> ending().cutOff();
      case LINKS_DOWN -> {
        linksDown();
        living(Endpoint::thenShutDown);
      }
      case SILENCE -> {
        world.network().links().forEach(SimLink::blackhole);
        living(Endpoint::thenShutDown);
      }
      case SILENCE_ONE_WAY -> {
        world.network().links().forEach(this::silenceOneWay);
        living(Endpoint::thenShutDown);
      }
      case ADDRESS_GONE -> {
        addressGone();
        living(Endpoint::thenShutDown);
      }
      default -> living(this::end);
    }
  }

  private void living(Act act) {
    ending().endpoints().forEach(e -> onLiving(e, act));
  }

  private void end(Endpoint e) {
    switch (end) {
      case CLOSE_AFTER_SENDING -> e.thenClose();
      case CLOSE_NOW, CLOSE_UNREAD -> e.close();
      case HALF_CLOSE_AFTER_SENDING -> e.thenShutDown();
      case HALF_CLOSE_NOW -> e.shutDown();
      case ABORT -> e.abort();
      case LINGER_ZERO -> linger(e, Duration.ZERO);
      case LINGER -> linger(e, Duration.ofMillis(1 + random.nextInt(1_000)));
      case SUBFLOW_RESET -> resetSubflow(e.thenShutDown());
      default -> throw new AssertionError("not of a socket: " + end);
    }
  }

  private static void linger(Endpoint e, Duration time) {
    e.socket().setTcp(e.socket().tcp().toBuilder().linger(time).build());
    e.close();
  }

  private void resetSubflow(Endpoint e) {
    for (SubflowInfo subflow : e.socket().info().subflows()) {
      try {
        e.socket().resetSubflow(subflow.id(), new PeerReset(PeerReset.UNSPECIFIED, true));
      } catch (MptcpException x) {
        // Plain TCP has none, and there is a time before the ends have agreed.
        assertThat(x.error()).isIn(SocketError.EOPNOTSUPP, SocketError.ENOTCONN);
      }
    }
    e.stack().host().wake();
  }

  private void linksDown() {
    boolean forGood = chance(0.5);
    for (SimLink link : world.network().links()) {
      link.down();
      if (!forGood) {
        world.network().after(seconds(8 * random.nextDouble()), link::up);
      }
    }
  }

  private void silenceOneWay(SimLink link) {
    SimChannel silent = way == Way.TO_CLIENT ? link.backward() : link.forward();
    silent.middlebox((nowNs, packet) -> Middlebox.Verdict.DROP);
  }

  private void addressGone() {
    SimStack stack = ending();
    stack
        .stacks()
        .forEach(one -> one.removeAddress(world.network().nowNs(), stack.addresses().get(0)));
    stack.host().wake();
  }
}
