package org.mptcp4j.link.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.Turn;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/**
 * A host of the simulated network: runs one {@link PacketProcessor}, whose {@code linkIndex} is the
 * number of the host's interface.
 */
public final class SimHost extends SimNode {
  /** Is told when a link of the host goes down or comes up. */
  @FunctionalInterface
  public interface LinkListener {
    /**
     * Called on the network's thread, before anything else happens.
     *
     * @param interfaceIndex the host's interface
     * @param up the new state
     */
    void linkChanged(int interfaceIndex, boolean up);
  }

  private static final int BATCH = 64;
  private static final int MAX_TURNS_AT_ONE_INSTANT = 100_000;
  private static final int MOST_IN_A_TURN = BATCH * 100_000;

  private final SimNetwork network;
  private final PacketProcessor processor;
  private final List<Runnable> onTurn = new ArrayList<>();
  private final List<IpAddress> addresses = new ArrayList<>();
  private final List<SimLink> addressLinks = new ArrayList<>();
  private final PacketBatch in = new PacketBatch(BATCH);
  private final Turn turn;
  private @Nullable LinkListener linkListener;
  private long armedNs = Long.MAX_VALUE;
  private boolean ready;
  private long lastTurnNs = -1;
  private int turnsNow;
  private int sentInTurn;
  private long unroutable;

  SimHost(SimNetwork network, String name, PacketProcessor processor) {
    super(name);
    this.network = network;
    this.processor = processor;
    turn = new Turn(processor, new Here(), BATCH, Integer.MAX_VALUE);
  }

  /** The virtual time, the applications, and the links of this host. */
  private final class Here implements Turn.Driver {
    @Override
    public long nowNs() {
      return network.nowNs();
    }

    @Override
    public boolean react() {
      for (int i = 0; i < onTurn.size(); i++) {
        onTurn.get(i).run();
      }
      return false; // What they left to do is done in a turn of its own, at the same instant.
    }

    @Override
    public void send(Packet packet) {
      if (++sentInTurn > MOST_IN_A_TURN) {
        throw new IllegalStateException(
            "host " + name() + " sends without end at " + network.nowNs() + " ns");
      }
      int index = packet.linkIndex();
      if (index >= 0 && index < links().size()) {
        links().get(index).from(SimHost.this).send(packet);
      } else {
        unroutable++;
      }
    }
  }

  /** The processor it runs. */
  public PacketProcessor processor() {
    return processor;
  }

  /**
   * Tells the network's routers that this address is reached by that link. The processor has to
   * know its addresses by itself.
   *
   * @return this
   */
  public SimHost address(SimLink link, IpAddress address) {
    link.interfaceIndex(this);
    addresses.add(address);
    addressLinks.add(link);
    network.topologyChanged();
    return this;
  }

  /**
   * Adds an action to run on every turn of the host, after packets and timers were processed and
   * before the processor is asked for packets to send: the place of the application.
   *
   * @return this
   */
  public SimHost onTurn(Runnable application) {
    onTurn.add(application);
    return this;
  }

  /** Sets who is told about links that go down and come up. */
  public void linkListener(LinkListener listener) {
    this.linkListener = listener;
  }

  /**
   * Gives the host a turn at the present virtual time: to be called after calling verbs of its
   * processor from outside.
   */
  public void wake() {
    if (!ready) {
      ready = true;
      network.ready(this);
    }
  }

  /** Packets that were to leave by an interface that does not exist. */
  public long unroutable() {
    return unroutable;
  }

  List<IpAddress> addresses() {
    return addresses;
  }

  SimLink linkOf(int addressIndex) {
    return addressLinks.get(addressIndex);
  }

  void linkChanged(int interfaceIndex, boolean up) {
    if (linkListener != null) {
      linkListener.linkChanged(interfaceIndex, up);
      wake();
    }
  }

  @Override
  void receive(Frame frame, int interfaceIndex) {
    Packet slot = in.add();
    frame.moveTo(slot);
    slot.linkIndex(interfaceIndex);
    network.recycle(frame);
    if (in.isFull()) {
      turn.accept(network.nowNs(), in);
    }
    wake();
  }

  void onWakeUp(long scheduledNs) {
    if (scheduledNs == armedNs) {
      armedNs = Long.MAX_VALUE;
      wake();
    }
  }

  /** One turn: what arrived, what is due, the application, what is to be sent, the next alarm. */
  void turn() {
    ready = false;
    long nowNs = network.nowNs();
    guardProgress(nowNs);
    if (in.size() > 0) {
      turn.accept(nowNs, in);
    }
    sentInTurn = 0;
    turn.run(nowNs);
    long wanted = turn.deadlineNs();
    if (wanted <= nowNs) {
      wake();
    } else if (wanted < armedNs) {
      armedNs = wanted;
      network.alarm(this, wanted);
    }
  }

  private void guardProgress(long nowNs) {
    turnsNow = nowNs == lastTurnNs ? turnsNow + 1 : 0;
    lastTurnNs = nowNs;
    if (turnsNow > MAX_TURNS_AT_ONE_INSTANT) {
      throw new IllegalStateException(
          "host "
              + name()
              + " does not let time pass: "
              + turnsNow
              + " turns at "
              + nowNs
              + " ns, next timeout "
              + processor.nextTimeoutNs());
    }
  }

  void release() {
    in.clear();
  }
}
