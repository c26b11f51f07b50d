package org.mptcp4j.pm;

import java.util.List;
import java.util.Optional;
import org.mptcp4j.link.packet.IpAddress;

/** What a path manager may know of its connection. Read-only; valid only during the call. */
public interface PmView {
  /** The time in nanoseconds, on a scale of the driver's that never runs backwards. */
  long nowNs();

  /** Whether this end accepted the connection. */
  boolean passive();

  /**
   * Whether the peer admits joins to its initial address and port: it did not forbid them (RFC 8684
   * section 3.1, C flag) and did not withdraw the address (section 3.4.2).
   */
  boolean joinToInitialAllowed();

  /** Address of the first subflow at this end. */
  IpAddress initialLocal();

  /** Port of the first subflow at this end. */
  int initialLocalPort();

  /**
   * Whether this end has withdrawn {@link #initialLocal()}, and the peer does not know that it is
   * back, if it is: RFC 8684 section 3.4.2.
   */
  default boolean initialLocalWithdrawn() {
    return false;
  }

  /**
   * Whether the peer uses {@link #initialLocal()} at {@link #initialLocalPort()}: a subflow is
   * there, and the address was not withdrawn. It is not announced as long as that is so.
   */
  default boolean initialLocalInUse() {
    return !initialLocalWithdrawn() && subflows().stream().anyMatch(s -> s.localId() == 0);
  }

  /** Address and port of the first subflow at the peer, with id 0. */
  RemoteAddress initialRemote();

  /** All usable addresses of this host, the initial one among them. */
  List<LocalAddress> localAddresses();

  /** The address from which the host's routes would have a subflow to that address start. */
  Optional<LocalAddress> localFor(IpAddress remote);

  /** Addresses that the peer announced and did not withdraw, without the initial one. */
  List<RemoteAddress> remoteAddresses();

  /**
   * Subflows alive or joining, in order of creation. A join of the peer is one of them once it has
   * proved who it is.
   */
  List<PmSubflow> subflows();

  /**
   * Subflows that are being closed in order, and not because an address was withdrawn: {@link
   * PathManager#onSubflowDown} will say that they are over. Until then their paths are not missing.
   */
  default List<PmSubflow> closing() {
    return List.of();
  }

  /**
   * Whether there is a subflow, alive, joining or {@link #closing()}, between these addresses and
   * to that port.
   */
  default boolean hasSubflow(IpAddress local, RemoteAddress remote) {
    return subflows().stream().anyMatch(s -> s.isBetween(local, remote))
        || closing().stream().anyMatch(s -> s.isBetween(local, remote));
  }

  /** Bounds; commands beyond them are refused. */
  PmLimits limits();

  /** How many subflows this end may open now: what is left of {@link #limits()}. */
  int joinsLeft();
}
