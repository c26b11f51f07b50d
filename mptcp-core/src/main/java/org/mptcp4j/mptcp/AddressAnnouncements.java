package org.mptcp4j.mptcp;

import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.wire.AddAddr;

/**
 * Addresses this end announces: RFC 8684 section 3.4.1. One at a time, each sent again until the
 * peer echoes it or it was tried often enough.
 */
final class AddressAnnouncements {
  private static final int LIMIT = 255;

  /** An address, and the port on which it may be joined; 0 for the connection's. */
  private record Announcement(LocalAddress address, int port) {
    int id() {
      return address.id();
    }
  }

  private final ArrayDeque<Announcement> waiting = new ArrayDeque<>();
  private final int retries;
  private List<Announcement> ports = List.of(); // those with a port, until they are withdrawn
  private Announcement current;
  private int sent;

  /**
   * Makes one.
   *
   * @param retries how often an announcement is repeated
   */
  AddressAnnouncements(int retries) {
    this.retries = retries;
  }

  /**
   * Queues an address, unless it waits already.
   *
   * @param port on which it may be joined from now on; 0 for the connection's
   */
  void add(LocalAddress address, int port) {
    Announcement one = new Announcement(address, port);
    boolean known = one.equals(current) || waiting.contains(one);
    if (known || waiting.size() >= LIMIT) {
      return;
    }
    waiting.add(one);
    if (port != 0 && !ports.contains(one) && ports.size() < LIMIT) {
      ports = Stream.concat(ports.stream(), Stream.of(one)).toList();
    }
  }

  /** Whether an address may be joined on a port that is not the connection's. */
  boolean admits(IpAddress address, int port) {
    for (Announcement one : ports) {
      if (one.port() == port && one.address().address().equals(address)) {
        return true;
      }
    }
    return false;
  }

  /** Forgets an address that is withdrawn. */
  void withdraw(int addressId) {
    waiting.removeIf(a -> a.id() == addressId);
    ports = ports.stream().filter(a -> a.id() != addressId).toList();
    if (current != null && current.id() == addressId) {
      current = null;
    }
  }

  /**
   * The option to send now, for the first time or again; null when there is nothing to announce.
   * Called when nothing was sent yet, after an echo, and when the timer fires.
   */
  AddAddr next(SessionKeys keys, MptcpCrypto crypto) {
    if (current != null && sent > retries) {
      current = null;
    }
    if (current == null) {
      current = waiting.poll();
      sent = 0;
    }
    if (current == null) {
      return null;
    }
    sent++;
    IpAddress address = current.address().address();
    int id = current.id();
    int port = current.port();
    long hmac = crypto.addAddrHmac(keys.localKey(), keys.remoteKey(), id, address.toBytes(), port);
    return new AddAddr(false, id, address, port, hmac);
  }

  /** Whether an announcement waits for its echo. */
  boolean awaitingEcho() {
    return current != null;
  }

  /** Whether something waits to be announced. */
  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  /**
   * An echo arrived.
   *
   * @return whether it is that of the announcement in progress, which is over then
   */
  boolean echoed(AddAddr echo) {
    boolean ours = current != null && current.id() == echo.addressId();
    if (ours) {
      current = null;
    }
    return ours;
  }
}
