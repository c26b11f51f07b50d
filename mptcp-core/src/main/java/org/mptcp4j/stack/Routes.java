package org.mptcp4j.stack;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.mptcp.Destinations;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.Priority;

/**
 * The links of a stack with their addresses, and the choice between them: a packet leaves through
 * the link that owns its source address, and a connection starts from the address whose prefix fits
 * its destination best.
 */
final class Routes implements Destinations {
  private static final int MAX_ADDRESSES = 255;

  /** An interface. */
  private static final class Link {
    final int index;
    final int mtu;
    boolean up = true;

    Link(int index, int mtu) {
      this.index = index;
      this.mtu = mtu;
    }
  }

  /** An address of an interface. */
  private record Assigned(Link link, IpPrefix prefix, LocalAddress local) {
    IpAddress address() {
      return prefix.address();
    }

    boolean usable() {
      return link.up;
    }

    /** RFC 1122 section 3.2.1.3 (b) and (d), RFC 3021: a host part of all ones, or all zeros. */
    boolean isBroadcast(IpAddress other) {
      int hostMask = prefix.bits() >= 31 ? 0 : -1 >>> prefix.bits();
      int host = other.v4Bits() & hostMask;
      return other.isV4()
          && prefix.contains(other)
          && hostMask != 0
          && (host == 0 || host == hostMask);
    }
  }

  private final List<Link> links = new ArrayList<>();
  private final List<Assigned> assigned = new ArrayList<>();
  private List<LocalAddress> usable = List.of();
  private int lastId;

  /**
   * Adds a link.
   *
   * @throws IllegalArgumentException when the index is taken or the MTU is too small
   */
  void addLink(int index, int mtu) {
    if (link(index) != null) {
      throw new IllegalArgumentException("link " + index + " exists already; use another index");
    }
    if (index < 0) {
      throw new IllegalArgumentException("link index " + index + " is negative");
    }
    // RFC 1122 section 3.3.3: 576 bytes is what every host accepts.
    if (mtu < 576 || mtu > 65_535) {
      throw new IllegalArgumentException("MTU " + mtu + " is not in 576 to 65535");
    }
    links.add(new Link(index, mtu));
  }

  /**
   * Adds an address to a link.
   *
   * @throws IllegalArgumentException when there is no such link, or the address is taken or not one
   *     for a host
   */
  LocalAddress addAddress(int linkIndex, IpPrefix prefix, Priority priority, Announce announce) {
    Link link = requireLink(linkIndex);
    IpAddress address = prefix.address();
    if (find(address) != null) {
      throw new IllegalArgumentException("address " + address + " is assigned already");
    }
    int id = freeId();
    LocalAddress local =
        new LocalAddress(id, address, linkIndex, priority, announce == Announce.YES);
    assigned.add(new Assigned(link, prefix, local));
    refresh();
    return local;
  }

  /**
   * Takes an address away.
   *
   * @return what it was, or {@code null} when it was not there
   */
  LocalAddress removeAddress(IpAddress address) {
    Assigned a = find(address);
    if (a == null) {
      return null;
    }
    assigned.remove(a);
    refresh();
    return a.local;
  }

  /**
   * Marks a link as up or down.
   *
   * @return whether that changed anything
   */
  boolean setState(int linkIndex, LinkState state) {
    Link link = requireLink(linkIndex);
    boolean up = state == LinkState.UP;
    boolean changed = link.up != up;
    link.up = up;
    refresh();
    return changed;
  }

  /**
   * The link that owns an address, up or down. Allocates nothing.
   *
   * @return its index, or -1 when the address is not ours
   */
  int linkOf(long hi, long lo) {
    for (int i = 0; i < assigned.size(); i++) {
      IpAddress a = assigned.get(i).address();
      if (a.lo() == lo && a.hi() == hi) {
        return assigned.get(i).link.index;
      }
    }
    return -1;
  }

  /**
   * The link by which a packet is answered: the one it came in by, which is the way that the peer
   * chose; or the one that owns the address it was sent to, when the former is not a link of ours
   * or is down. Allocates nothing.
   *
   * @return its index, or -1 when the address is not ours
   */
  int answerLink(int arrival, long hi, long lo) {
    int owner = linkOf(hi, lo);
    if (owner < 0 || owner == arrival) {
      return owner;
    }
    Link link = link(arrival);
    return link != null && link.up ? arrival : owner;
  }

  /** Whether the address is ours and its link is up. */
  boolean isUsable(IpAddress address) {
    Assigned a = find(address);
    return a != null && a.usable();
  }

  /** The addresses that can be used now, in the order in which they were added. Unchangeable. */
  List<LocalAddress> usable() {
    return usable;
  }

  /**
   * The link on which packets with that source leave.
   *
   * @return its index, or -1 when the address is not ours, of another family than the destination,
   *     or its link is down
   */
  int linkFor(IpAddress local, IpAddress remote) {
    Assigned a = find(local);
    return a != null && a.usable() && local.isV4() == remote.isV4() ? a.link.index : -1;
  }

  /**
   * Chooses the local address towards a destination: longest prefix, else the first address of the
   * same family, because every link is taken as a way out.
   *
   * @return the address, or {@code null} when no usable link has an address of that family
   */
  IpAddress sourceFor(IpAddress remote) {
    Assigned best = null;
    int bestBits = -1;
    for (Assigned a : assigned) {
      if (!a.usable() || a.address().isV4() != remote.isV4()) {
        continue;
      }
      int bits = a.prefix.contains(remote) ? a.prefix.bits() : 0;
      if (bits > bestBits) {
        best = a;
        bestBits = bits;
      }
    }
    return best == null ? null : best.address();
  }

  /**
   * Whether a host can be at an address: it is unicast, no broadcast address of a network we are
   * in, and when it means something on a link or a host only, that is one of ours.
   */
  boolean isDestination(IpAddress remote) {
    if (!remote.isUnicast()) {
      return false;
    }
    boolean covered = false;
    for (int i = 0; i < assigned.size(); i++) {
      Assigned a = assigned.get(i);
      if (a.isBroadcast(remote)) {
        return false;
      }
      covered |= a.prefix.contains(remote);
    }
    return covered || !remote.isLoopback() && !remote.isLinkLocal();
  }

  /**
   * Whether a packet that came in may be from an address: not from one of ours, from a group or a
   * broadcast address (RFC 9293 section 3.9.2.3), or from what never leaves a host (RFC 1122
   * section 3.2.1.3 (g)), unless we are in such a network.
   */
  boolean isSource(IpAddress remote) {
    if (!remote.isUnicast()) {
      return false;
    }
    boolean covered = false;
    for (int i = 0; i < assigned.size(); i++) {
      Assigned a = assigned.get(i);
      if (a.isBroadcast(remote) || a.address().equals(remote) && !remote.isLoopback()) {
        return false;
      }
      covered |= a.prefix.contains(remote);
    }
    return covered || !remote.isLoopback();
  }

  @Override
  public boolean mayBelongToPeer(IpAddress announced, IpAddress initialRemote) {
    // A peer on this very host may be anywhere on it.
    return isDestination(announced)
        && (!announced.isLoopback() || initialRemote.isLoopback())
        && (find(announced) == null || find(initialRemote) != null);
  }

  /** Whether any link, up or down, has an address of that family. */
  boolean hasFamilyOf(IpAddress remote) {
    return assigned.stream().anyMatch(a -> a.address().isV4() == remote.isV4());
  }

  /** The MTU of a link. */
  int mtu(int linkIndex) {
    return requireLink(linkIndex).mtu;
  }

  private void refresh() {
    usable = assigned.stream().filter(Assigned::usable).map(Assigned::local).toList();
  }

  /**
   * RFC 8684 section 3.4.1: an address id stands for one address as long as somebody may still mean
   * it. One that is free again rests until all others had their turn, so that a REMOVE_ADDR or an
   * echo that comes late does not hit another address.
   */
  private int freeId() {
    for (int i = 0; i < MAX_ADDRESSES; i++) {
      int candidate = (lastId + i) % MAX_ADDRESSES + 1;
      if (assigned.stream().noneMatch(a -> a.local.id() == candidate)) {
        lastId = candidate;
        return candidate;
      }
    }
    throw new IllegalArgumentException(
        "there are " + MAX_ADDRESSES + " addresses already; remove one first");
  }

  private Assigned find(IpAddress address) {
    for (int i = 0; i < assigned.size(); i++) {
      if (assigned.get(i).address().equals(address)) {
        return assigned.get(i);
      }
    }
    return null;
  }

  private Link link(int index) {
    for (int i = 0; i < links.size(); i++) {
      if (links.get(i).index == index) {
        return links.get(i);
      }
    }
    return null;
  }

  private Link requireLink(int index) {
    Link link = link(index);
    if (link == null) {
      throw new IllegalArgumentException(
          "there is no link " + index + "; add it with link() first");
    }
    return link;
  }
}
