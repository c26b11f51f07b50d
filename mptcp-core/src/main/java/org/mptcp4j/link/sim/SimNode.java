package org.mptcp4j.link.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A host or a router of a {@link SimNetwork}. Its interfaces are numbered from 0 in the order its
 * links were made.
 */
public abstract sealed class SimNode permits SimHost, SimRouter {
  private final String name;
  private final List<SimLink> links = new ArrayList<>();

  SimNode(String name) {
    this.name = name;
  }

  /** The name given to it. */
  public final String name() {
    return name;
  }

  /** Its links; the position in the list is the interface index. */
  public final List<SimLink> links() {
    return Collections.unmodifiableList(links);
  }

  final int addLink(SimLink link) {
    links.add(link);
    return links.size() - 1;
  }

  /** Takes a frame that arrived on an interface; owns it from then on. */
  abstract void receive(Frame frame, int interfaceIndex);

  /** A frame that this node sent is larger than the link carries; it is dropped after the call. */
  void tooBig(Frame frame, int mtu) {
    // Most are silent.
  }

  @Override
  public final String toString() {
    return name;
  }
}
