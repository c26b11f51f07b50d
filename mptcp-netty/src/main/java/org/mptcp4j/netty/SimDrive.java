package org.mptcp4j.netty;

import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimNetwork;

/**
 * Drives a stack and its channels from a simulated network: both are one processor of packets to
 * it.
 */
final class SimDrive implements Drive, PacketProcessor {
  private final MptcpStack stack;
  private final SimNetwork network;
  private final VirtualEventLoop loop;
  private final EventDispatcher events;
  private final SimHost host;
  private final Ending ending = new Ending();

  /** Makes a host of the network that runs the stack. */
  SimDrive(String name, MptcpStack stack, SimNetwork network, VirtualEventLoop loop) {
    this.stack = stack;
    this.network = network;
    this.loop = loop;
    this.events = new EventDispatcher(stack);
    host = network.host(name, this);
    host.onTurn(this::application);
  }

  SimHost host() {
    return host;
  }

  /**
   * The channels and their tasks get what the stack has for them, until nothing is left to do at
   * this instant.
   */
  private void application() {
    boolean more;
    do {
      more = events.dispatch() | loop.runDue();
    } while (more && !ending.isOver());
  }

  @Override
  public long nowNs() {
    return network.nowNs();
  }

  @Override
  public void touched() {
    host.wake();
  }

  @Override
  public void onPackets(long nowNs, PacketBatch in) {
    if (ending.isOver()) {
      in.clear();
    } else {
      stack.onPackets(nowNs, in);
    }
  }

  @Override
  public void pollTransmit(long nowNs, PacketBatch out) {
    stack.pollTransmit(nowNs, out);
    if (ending.isAsked() && stack.isDrained()) {
      ending.over();
      ending.tell();
    }
  }

  @Override
  public long nextTimeoutNs() {
    return Math.min(stack.nextTimeoutNs(), loop.nextDeadlineNs());
  }

  @Override
  public void onTimeout(long nowNs) {
    if (stack.nextTimeoutNs() <= nowNs) {
      stack.onTimeout(nowNs);
    }
  }

  @Override
  public void close(Runnable whenStopped) {
    ending.ask(whenStopped);
    host.wake();
  }

  /** The loop of a simulated network does not end before its hosts. */
  @Override
  public void closeWithLoop(Runnable whenStopped) {
    close(whenStopped);
  }
}
