package org.mptcp4j.link.sim;

import org.mptcp4j.link.PacketTap;

/**
 * A point-to-point link between two nodes: two {@link SimChannel}s that go up and down together.
 */
public final class SimLink {
  private final String name;
  private final SimNode a;
  private final SimNode b;
  private final int indexAtA;
  private final int indexAtB;
  private final SimChannel forward;
  private final SimChannel backward;
  private boolean up = true;
  private boolean silent;

  SimLink(SimNetwork network, String name, SimNode a, SimNode b, LinkProfile ab, LinkProfile ba) {
    this.name = name;
    this.a = a;
    this.b = b;
    this.indexAtA = a.addLink(this);
    this.indexAtB = b.addLink(this);
    this.forward = new SimChannel(network, name + ">", a, b, indexAtB, ab);
    this.backward = new SimChannel(network, name + "<", b, a, indexAtA, ba);
  }

  /** The name given to it. */
  public String name() {
    return name;
  }

  /** The direction from the first node given at its making to the second. */
  public SimChannel forward() {
    return forward;
  }

  /** The direction from the second node to the first. */
  public SimChannel backward() {
    return backward;
  }

  /** The direction that leads away from that node. */
  public SimChannel from(SimNode node) {
    return node == a ? forward : requireEnd(node, backward);
  }

  /** The direction that leads to that node. */
  public SimChannel to(SimNode node) {
    return node == a ? backward : requireEnd(node, forward);
  }

  /** The node at the other end. */
  public SimNode peerOf(SimNode node) {
    return node == a ? b : requireEnd(node, a);
  }

  /** The number of the interface by which that node is on this link. */
  public int interfaceIndex(SimNode node) {
    return node == a ? indexAtA : requireEnd(node, indexAtB);
  }

  private <T> T requireEnd(SimNode node, T value) {
    if (node != b) {
      throw new IllegalArgumentException(node + " is not an end of link " + name);
    }
    return value;
  }

  /** Whether packets pass. */
  public boolean isUp() {
    return up && !silent;
  }

  /**
   * Takes the link down: what is on its way is lost. Hosts at its ends that asked for it are told.
   */
  public void down() {
    change(false);
  }

  /** Brings the link up again. Hosts at its ends that asked for it are told. */
  public void up() {
    change(true);
  }

  private void change(boolean nowUp) {
    if (up != nowUp) {
      up = nowUp;
      pass();
      tell(a, indexAtA);
      tell(b, indexAtB);
    }
  }

  /**
   * Loses every packet from now on, what is on its way included, and tells nobody, like a failure
   * further away.
   */
  public void blackhole() {
    silent = true;
    pass();
  }

  /** Ends {@link #blackhole} without telling anybody. A link that is down stays down. */
  public void restore() {
    silent = false;
    pass();
  }

  private void pass() {
    forward.passing(isUp());
    backward.passing(isUp());
  }

  private void tell(SimNode node, int index) {
    if (node instanceof SimHost host) {
      host.linkChanged(index, up);
    }
  }

  /** Gives both directions another profile from now on. */
  public void profile(LinkProfile both) {
    forward.profile(both);
    backward.profile(both);
  }

  /**
   * Shows the tap what a capture on that node's interface would see: what it sends and what it
   * receives.
   */
  public void tapAt(SimNode node, PacketTap tap) {
    from(node).tapSent(tap);
    to(node).tapDelivered(tap);
  }

  @Override
  public String toString() {
    return name + " (" + a + " - " + b + (isUp() ? ")" : ", down)");
  }
}
