package org.mptcp4j.pm;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.mptcp4j.link.packet.IpAddress;

/**
 * An address of this host and what it is for: what {@code ip mptcp endpoint add} takes on Linux,
 * with the same names. Immutable.
 *
 * <pre>{@code
 * Endpoint.of("10.0.2.1", Endpoint.Flag.SIGNAL).withPort(10_100)
 * Endpoint.of("10.0.3.2", Endpoint.Flag.SUBFLOW, Endpoint.Flag.BACKUP).withId(7)
 * }</pre>
 *
 * @param id address id, 1 to 255, or {@link #ANY_ID} when {@link Endpoints} is to choose
 * @param address the address; it need not be one of this host now
 * @param port on which it may be joined, with {@link Flag#SIGNAL} only; 0 for the connection's
 * @param linkIndex the link it must be on, or {@link #ANY_LINK}
 * @param flags what it is for
 */
public record Endpoint(int id, IpAddress address, int port, int linkIndex, Set<Flag> flags) {
  /** Instead of an id. */
  public static final int ANY_ID = 0;

  /** Instead of a link. */
  public static final int ANY_LINK = -1;

  /** What an endpoint is for. */
  public enum Flag {
    /** Announced to peers with ADD_ADDR. */
    SIGNAL,
    /** Subflows are opened from it to the address that the connection began on. */
    SUBFLOW,
    /** Its subflows are backups. */
    BACKUP,
    /** With SUBFLOW: subflows are opened to every address of the peer that is known. */
    FULLMESH,
    /** Made by itself, for an address that a subflow uses and nobody configured. */
    IMPLICIT,
    /** Subflows are opened from it to an address that the peer announces, one for each. */
    LAMINAR
  }

  /** Checks what Linux checks. */
  public Endpoint {
    Objects.requireNonNull(address, "address");
    flags = Set.copyOf(flags);
    if (id < 0 || id > 255) {
      throw new IllegalArgumentException("address id must be 1 to 255, not " + id);
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 1 to 65535, not " + port);
    }
    if (port != 0 && !flags.contains(Flag.SIGNAL)) {
      throw new IllegalArgumentException(address + " has a port, which only SIGNAL tells to peers");
    }
    if (port != 0 && flags.contains(Flag.SUBFLOW)) {
      throw new IllegalArgumentException(
          address + " has a port, from which no subflow is opened; make two endpoints");
    }
    if (flags.contains(Flag.SIGNAL) && flags.contains(Flag.FULLMESH)) {
      throw new IllegalArgumentException(address + " cannot have both SIGNAL and FULLMESH");
    }
  }

  /**
   * An endpoint with any id, on any link, without port.
   *
   * @param address for example {@code "10.0.3.2"} or {@code "fd00::1"}
   * @throws IllegalArgumentException when the text does not parse
   */
  public static Endpoint of(String address, Flag... flags) {
    EnumSet<Flag> set = EnumSet.noneOf(Flag.class);
    set.addAll(Set.of(flags));
    return new Endpoint(ANY_ID, IpAddress.parse(address), 0, ANY_LINK, set);
  }

  /** This endpoint with an id. */
  public Endpoint withId(int chosen) {
    return new Endpoint(chosen, address, port, linkIndex, flags);
  }

  /** This endpoint with a port. */
  public Endpoint withPort(int chosen) {
    return new Endpoint(id, address, chosen, linkIndex, flags);
  }

  /** This endpoint bound to a link. */
  public Endpoint withLink(int index) {
    return new Endpoint(id, address, port, index, flags);
  }

  /** This endpoint with other flags. */
  public Endpoint withFlags(Set<Flag> others) {
    return new Endpoint(id, address, port, linkIndex, others);
  }

  /** Whether it has a flag. */
  public boolean has(Flag flag) {
    return flags.contains(flag);
  }

  /** How its subflows begin. */
  public Priority priority() {
    return has(Flag.BACKUP) ? Priority.BACKUP : Priority.NORMAL;
  }

  /** Whether an address is meant by it. */
  boolean isAt(IpAddress other) {
    return address.equals(other);
  }

  /** Whether an address is meant by it at a port: one with a port of its own is for that only. */
  boolean isAt(IpAddress other, int otherPort) {
    return isAt(other) && (port == 0 || port == otherPort);
  }
}
