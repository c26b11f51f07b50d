package org.mptcp4j.mptcp;

import java.util.ArrayDeque;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.wire.AddAddr;

/**
 * Addresses this end announces: RFC 8684 section 3.4.1. One at a time, each sent again until the
 * peer echoes it or it was tried often enough.
 */
final class AddressAnnouncements {
  private static final int LIMIT = 255;

  private final ArrayDeque<LocalAddress> waiting = new ArrayDeque<>();
  private final int retries;
  private LocalAddress current;
  private int sent;

  /**
   * Makes one.
   *
   * @param retries how often an announcement is repeated
   */
  AddressAnnouncements(int retries) {
    this.retries = retries;
  }

  /** Queues an address, unless it waits already. */
  void add(LocalAddress address) {
    boolean known = address.equals(current) || waiting.contains(address);
    if (!known && waiting.size() < LIMIT) {
      waiting.add(address);
    }
  }

  /** Forgets an address that is withdrawn. */
  void withdraw(int addressId) {
    waiting.removeIf(a -> a.id() == addressId);
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
    byte[] bytes = current.address().toBytes();
    long hmac = crypto.addAddrHmac(keys.localKey(), keys.remoteKey(), current.id(), bytes, 0);
    return new AddAddr(false, current.id(), current.address(), 0, hmac);
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
