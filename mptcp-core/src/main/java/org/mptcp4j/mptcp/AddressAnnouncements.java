package org.mptcp4j.mptcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.wire.AddAddr;

/**
 * Addresses this end announces, and those it has withdrawn: RFC 8684 sections 3.4.1 and 3.4.2.
 * Several at a time, each sent again until the peer echoes it or it was tried often enough. That
 * one is withdrawn is said once, as soon as a path is there that can carry it: a copy that comes
 * late would mean whatever has the id then.
 */
final class AddressAnnouncements {
  private static final int LIMIT = 255;

  /**
   * The next address follows when the one before was echoed, or after this time: a peer may be able
   * to take in but one at a time.
   */
  private static final long NEXT_NS = 1_000_000_000L;

  /** Linux ignores a REMOVE_ADDR of more addresses, and takes in one at a time. */
  private static final int WITHDRAWN_AT_ONCE = 8;

  /** An address, and the port on which it may be joined; 0 for the connection's. */
  private static final class Announcement {
    final LocalAddress address;
    final int port;
    int sent;
    long firstNs; // when it was sent for the first time
    long dueNs;
    boolean over; // echoed, or tried often enough
    boolean told; // once at least, also when it is to be told anew

    Announcement(LocalAddress address, int port) {
      this.address = address;
      this.port = port;
    }

    int id() {
      return address.id();
    }

    boolean is(LocalAddress other, int otherPort) {
      return port == otherPort && address.equals(other);
    }

    /** RFC 8684 section 3.4.1: an echo repeats all of it; one of an earlier address may be late. */
    boolean isEchoedBy(AddAddr echo) {
      return id() == echo.addressId()
          && address.address().equals(echo.address())
          && port == echo.port();
    }
  }

  /** An address that is withdrawn; empty where nobody knows any more which it was. */
  private record Withdrawal(int id, Optional<IpAddress> address) {}

  /**
   * What is to be said now.
   *
   * @param first whether it was not said before
   */
  record Step(AddAddr option, boolean first) {}

  private final List<Announcement> all = new ArrayList<>(2); // until they are withdrawn
  private final int retries;
  private List<Withdrawal> withdrawn = List.of(); // that the peer was not told of yet
  private long withdrawalNs = Long.MIN_VALUE; // before that no more of them
  private long dueNs = Long.MAX_VALUE; // earliest of all, asked for with every segment

  /**
   * Makes one.
   *
   * @param retries how often an announcement is repeated
   */
  AddressAnnouncements(int retries) {
    this.retries = retries;
  }

  /**
   * Announces an address, unless that is under way already.
   *
   * @param port on which it may be joined from now on; 0 for the connection's
   */
  void add(LocalAddress address, int port) {
    back(address);
    for (Announcement one : all) {
      if (one.is(address, port)) {
        if (one.over) {
          one.over = false;
          one.sent = 0;
          dueNs = earliestNs();
        }
        return;
      }
    }
    if (all.size() < LIMIT) {
      all.add(new Announcement(address, port));
      dueNs = earliestNs();
    }
  }

  /** Whether an address may be joined on a port that is not the connection's. */
  boolean admits(IpAddress address, int port) {
    return idAt(address, port).isPresent();
  }

  /** The id under which an address was announced with a port that is not the connection's. */
  Optional<Integer> idAt(IpAddress address, int port) {
    for (Announcement one : all) {
      if (one.port == port && one.address.address().equals(address)) {
        return Optional.of(one.id());
      }
    }
    return Optional.empty();
  }

  /**
   * An address is withdrawn.
   *
   * @param used the address that the subflows with that id have, if there is any
   */
  void withdraw(int addressId, Optional<IpAddress> used) {
    Optional<IpAddress> announced =
        all.stream()
            .filter(one -> one.id() == addressId)
            .map(one -> one.address.address())
            .findAny();
    all.removeIf(one -> one.id() == addressId);
    if (!waitsForWithdrawal(addressId)) {
      Withdrawal last = new Withdrawal(addressId, announced.or(() -> used));
      withdrawn = Stream.concat(withdrawn.stream(), Stream.of(last)).toList();
    }
    dueNs = earliestNs();
  }

  /** Whether the peer still has to be told that an id means nothing any more. */
  private boolean waitsForWithdrawal(int addressId) {
    return withdrawn.stream().anyMatch(w -> w.id() == addressId);
  }

  /** A subflow has that id, and would be closed by a withdrawal that comes late. */
  void used(int addressId) {
    withdrawn = withdrawn.stream().filter(w -> w.id() != addressId).toList();
    dueNs = earliestNs();
  }

  /** An address is announced of which the peer may not know that it was withdrawn. */
  private void back(LocalAddress address) {
    withdrawn =
        withdrawn.stream()
            .filter(
                w -> w.id() != address.id() || !w.address().equals(Optional.of(address.address())))
            .toList();
  }

  /**
   * Ids that are to be withdrawn now; others follow later.
   *
   * @param roundTripNs after which the peer can take in the next ones
   */
  List<Integer> takeWithdrawn(long nowNs, long roundTripNs) {
    if (withdrawn.isEmpty() || withdrawalNs > nowNs) {
      return List.of();
    }
    List<Integer> ids = withdrawn.stream().limit(WITHDRAWN_AT_ONCE).map(Withdrawal::id).toList();
    withdrawn = withdrawn.stream().skip(WITHDRAWN_AT_ONCE).toList();
    withdrawalNs = nowNs + roundTripNs;
    dueNs = earliestNs();
    return ids;
  }

  /** Whether there is something to say now. */
  boolean isDue(long nowNs) {
    return dueNs <= nowNs || !withdrawn.isEmpty() && withdrawalNs <= nowNs;
  }

  /** Ids under which an address was announced. */
  Stream<Integer> idsOf(IpAddress address) {
    return all.stream().filter(one -> one.address.address().equals(address)).map(Announcement::id);
  }

  /**
   * The next option to send now, for the first time or again.
   *
   * @param intervalNs when it is to be sent again
   */
  Optional<Step> next(long nowNs, long intervalNs, SessionKeys keys, MptcpCrypto crypto) {
    Optional<Step> step = take(nowNs, intervalNs, keys, crypto);
    dueNs = earliestNs();
    return step;
  }

  private Optional<Step> take(long nowNs, long intervalNs, SessionKeys keys, MptcpCrypto crypto) {
    for (Announcement one : all) {
      if (!isOpen(one) || (one.sent == 0 ? newDueNs() : one.dueNs) > nowNs) {
        continue;
      }
      if (one.sent > retries) {
        one.over = true;
        continue;
      }
      boolean first = one.sent == 0;
      one.firstNs = first ? nowNs : one.firstNs;
      one.told = true;
      one.sent++;
      one.dueNs = nowNs + intervalNs;
      return Optional.of(new Step(option(one, keys, crypto), first));
    }
    return Optional.empty();
  }

  /**
   * Whether there is more to be said of an address. RFC 8684 section 3.4.1: an id stands for one
   * address until it is withdrawn, so that first the peer hears of that.
   */
  private boolean isOpen(Announcement one) {
    return !one.over && !waitsForWithdrawal(one.id());
  }

  /** When the next new address may be announced. */
  private long newDueNs() {
    long due = Long.MIN_VALUE;
    for (Announcement one : all) {
      if (one.sent > 0 && !one.over) {
        due = Math.max(due, one.firstNs + NEXT_NS);
      }
    }
    return due;
  }

  /** How many addresses were announced, and not withdrawn since. */
  int announced() {
    return (int) all.stream().filter(one -> one.told).mapToInt(Announcement::id).distinct().count();
  }

  private static AddAddr option(Announcement one, SessionKeys keys, MptcpCrypto crypto) {
    IpAddress address = one.address.address();
    long hmac =
        crypto.addAddrHmac(
            keys.localKey(), keys.remoteKey(), one.id(), address.toBytes(), one.port);
    return new AddAddr(false, one.id(), address, one.port, hmac);
  }

  /** When there is something to say that cannot be said now; {@link Long#MAX_VALUE} if never. */
  long dueNs(long nowNs) {
    return withdrawn.isEmpty() || withdrawalNs <= nowNs ? dueNs : Math.min(dueNs, withdrawalNs);
  }

  private long earliestNs() {
    long due = Long.MAX_VALUE;
    for (Announcement one : all) {
      if (isOpen(one)) {
        due = Math.min(due, one.sent == 0 ? newDueNs() : one.dueNs);
      }
    }
    return due;
  }

  /**
   * An echo arrived.
   *
   * @return whether it is that of an announcement in progress, which is over then
   */
  boolean echoed(AddAddr echo) {
    boolean ours = false;
    for (Announcement one : all) {
      if (!one.over && one.sent > 0 && one.isEchoedBy(echo)) {
        one.over = true;
        ours = true;
      }
    }
    dueNs = earliestNs();
    return ours;
  }
}
