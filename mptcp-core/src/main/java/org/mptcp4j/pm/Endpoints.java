package org.mptcp4j.pm;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.Endpoint.Flag;

/**
 * Endpoints and limits of the path manager {@code kernel}, which is Linux's: what {@code ip mptcp
 * endpoint} and {@code ip mptcp limits} set there for a network namespace. Given to a stack, a
 * listener or a socket as its path manager; several may share one.
 *
 * <pre>{@code
 * Endpoints endpoints =
 *     Endpoints.builder().limits(2, 1).add(Endpoint.of("10.0.3.2", Endpoint.Flag.SUBFLOW)).build();
 * MptcpStack stack = MptcpStack.builder().pathManager(endpoints)...
 *
 * stack.tellPathManagers(now, endpoints.add(Endpoint.of("10.0.2.2", Endpoint.Flag.SIGNAL)));
 * stack.tellPathManagers(now, endpoints.delete(7));
 * }</pre>
 *
 * <p>The verbs that change it may be called by any thread; each returns what live connections have
 * to be told. Connections that begin afterwards know by themselves.
 */
public final class Endpoints implements PathManagerFactory {
  /** Address ids are 1 to 255: as many endpoints there may be. */
  private static final int MAX_ID = 255;

  private final boolean retry;
  private final boolean idRest;
  private final boolean probeBeforeRemove;
  private volatile List<Endpoint> list = List.of(); // replaced by each change
  private volatile int maxSubflows;
  private volatile int maxAddAddrAccepted;
  private int highestId;

  private Endpoints(Builder from) {
    retry = from.retry;
    idRest = from.idRest;
    probeBeforeRemove = from.probeBeforeRemove;
    highestId = idRest ? 0 : 1;
    setLimits(from.subflows, from.addAddrAccepted);
    from.endpoints.forEach(this::add);
  }

  /** A builder without endpoints, with Linux's limits: 2 further subflows, no address accepted. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects endpoints and limits. */
  public static final class Builder {
    private final List<Endpoint> endpoints = new ArrayList<>();
    private int subflows = 2;
    private int addAddrAccepted;
    private boolean retry;
    private boolean idRest;
    private boolean probeBeforeRemove;

    private Builder() {}

    /**
     * Sets the limits.
     *
     * @param maxSubflows subflows beside the first, whichever end opened them
     * @param maxAddAddrAccepted announced addresses that a connection joins at a time
     * @return this builder
     */
    public Builder limits(int maxSubflows, int maxAddAddrAccepted) {
      subflows = maxSubflows;
      addAddrAccepted = maxAddAddrAccepted;
      return this;
    }

    /** Adds an endpoint. */
    public Builder add(Endpoint endpoint) {
      endpoints.add(endpoint);
      return this;
    }

    /** Whether a subflow that failed is tried again, with back-off. Linux does not. */
    public Builder retry(boolean wanted) {
      retry = wanted;
      return this;
    }

    /**
     * Whether an id that is free again is given out last, so that a late REMOVE_ADDR cannot mean
     * another endpoint. Linux takes the next free one.
     */
    public Builder idRest(boolean wanted) {
      idRest = wanted;
      return this;
    }

    /**
     * Whether a subflow whose address the peer removes is closed only when a probe shows that it is
     * dead (RFC 8684 section 3.4.2). Linux closes it at once.
     */
    public Builder probeBeforeRemove(boolean wanted) {
      probeBeforeRemove = wanted;
      return this;
    }

    /**
     * The endpoints.
     *
     * @throws IllegalArgumentException when two have the same address and port, or the same id
     */
    public Endpoints build() {
      return new Endpoints(this);
    }
  }

  @Override
  public String name() {
    return KernelPathManager.NAME;
  }

  @Override
  public PathManager get() {
    return new KernelPathManager(this);
  }

  @Override
  public boolean takesJoinsOnly(IpAddress local, int port) {
    return list.stream().anyMatch(e -> port != 0 && e.port() == port && e.isAt(local));
  }

  // ---- verbs

  /**
   * Adds an endpoint. One that came into being by itself for the same address gives way to it, and
   * leaves its id.
   *
   * @throws IllegalArgumentException when the address and port, or the id, are taken, or all ids
   *     are
   */
  public synchronized EndpointChange add(Endpoint endpoint) {
    if (endpoint.has(Flag.IMPLICIT)) {
      throw new IllegalArgumentException("IMPLICIT is not to be asked for: it comes by itself");
    }
    int id = endpoint.id();
    Optional<Endpoint> same = sameAs(endpoint);
    if (same.isPresent()) {
      if (!same.get().has(Flag.IMPLICIT)) {
        throw new IllegalArgumentException("there is an endpoint " + same.get() + " already");
      }
      if (id != Endpoint.ANY_ID) {
        throw new IllegalArgumentException(
            "subflows know " + endpoint.address() + " by id " + same.get().id() + "; name no id");
      }
      id = same.get().id();
      remove(same.get());
    } else if (id == Endpoint.ANY_ID) {
      id = freeId();
    } else if (byId(id).isPresent()) {
      throw new IllegalArgumentException("id " + id + " is taken by " + byId(id).get());
    }
    Endpoint added = endpoint.withId(id);
    append(added);
    return new EndpointChange.Added(this, added);
  }

  /**
   * Deletes an endpoint: it is withdrawn, its subflows are closed.
   *
   * @throws IllegalArgumentException when there is none of that id
   */
  public synchronized EndpointChange delete(int id) {
    Endpoint gone = require(id);
    remove(gone);
    return new EndpointChange.Deleted(this, gone);
  }

  /**
   * Has connections that began at this address withdraw it, as {@code ip mptcp endpoint delete id 0
   * ADDRESS} does: they know it by id 0. Endpoints stay.
   */
  public EndpointChange deleteInitial(IpAddress address) {
    return new EndpointChange.InitialDeleted(this, address);
  }

  /**
   * Changes flags BACKUP and FULLMESH of an endpoint; others stay.
   *
   * @param flags those two that it shall have
   * @throws IllegalArgumentException when there is none of that id, or the flags do not fit
   */
  public synchronized EndpointChange change(int id, Flag... flags) {
    Endpoint before = require(id);
    Set<Flag> wanted = Set.of(flags);
    EnumSet<Flag> changed = EnumSet.noneOf(Flag.class);
    changed.addAll(before.flags());
    for (Flag flag : EnumSet.of(Flag.BACKUP, Flag.FULLMESH)) {
      if (wanted.contains(flag)) {
        changed.add(flag);
      } else {
        changed.remove(flag);
      }
    }
    Endpoint after = before.withFlags(changed);
    list = list.stream().map(e -> e == before ? after : e).toList();
    return new EndpointChange.Changed(this, before, after);
  }

  /** Deletes all endpoints at once. */
  public synchronized EndpointChange flush() {
    List<Endpoint> gone = list;
    list = List.of();
    if (!idRest) {
      highestId = 1;
    }
    return new EndpointChange.Flushed(this, gone);
  }

  /**
   * Sets the limits, which connections obey from then on; nothing is closed.
   *
   * @throws IllegalArgumentException when one is not in 0 to 255
   */
  public synchronized void setLimits(int subflows, int addAddrAccepted) {
    maxSubflows = inRange("subflows", subflows);
    maxAddAddrAccepted = inRange("addAddrAccepted", addAddrAccepted);
  }

  private static int inRange(String what, int limit) {
    if (limit < 0 || limit > MAX_ID) {
      throw new IllegalArgumentException(what + " must be 0 to " + MAX_ID + ", not " + limit);
    }
    return limit;
  }

  // ---- views

  /** The endpoints, in the order in which they were added, implicit ones among them. */
  public List<Endpoint> list() {
    return list;
  }

  /** The endpoint of that id. */
  public Optional<Endpoint> byId(int id) {
    return list.stream().filter(e -> e.id() == id).findFirst();
  }

  /** Subflows beside the first that a connection may have. */
  public int maxSubflows() {
    return maxSubflows;
  }

  /** Announced addresses that a connection joins at a time. */
  public int maxAddAddrAccepted() {
    return maxAddAddrAccepted;
  }

  boolean retry() {
    return retry;
  }

  boolean probeBeforeRemove() {
    return probeBeforeRemove;
  }

  /** How many endpoints have a flag. */
  int count(Flag flag) {
    int count = 0;
    for (Endpoint e : list) {
      count += e.has(flag) ? 1 : 0;
    }
    return count;
  }

  /** The endpoint that an address is; an implicit one comes into being when nobody made one. */
  synchronized Optional<Endpoint> identify(IpAddress address) {
    Optional<Endpoint> known = list.stream().filter(e -> e.isAt(address)).findFirst();
    if (known.isPresent() || list.size() >= MAX_ID) {
      return known;
    }
    Endpoint implicit =
        new Endpoint(freeId(), address, 0, Endpoint.ANY_LINK, Set.of(Flag.IMPLICIT));
    append(implicit);
    return Optional.of(implicit);
  }

  private Optional<Endpoint> sameAs(Endpoint endpoint) {
    return list.stream()
        .filter(e -> e.isAt(endpoint.address()) && e.port() == endpoint.port())
        .findFirst();
  }

  private Endpoint require(int id) {
    return byId(id)
        .orElseThrow(
            () ->
                new IllegalArgumentException("there is no endpoint " + id + "; there are " + list));
  }

  private void append(Endpoint endpoint) {
    list = Stream.concat(list.stream(), Stream.of(endpoint)).toList();
    highestId = idRest ? endpoint.id() : Math.max(highestId, endpoint.id());
  }

  private void remove(Endpoint endpoint) {
    list = list.stream().filter(e -> e != endpoint).toList();
  }

  private int freeId() {
    int first = idRest ? highestId % MAX_ID + 1 : highestId;
    for (int i = 0; i < MAX_ID; i++) {
      int id = (first - 1 + i) % MAX_ID + 1;
      if (byId(id).isEmpty()) {
        return id;
      }
    }
    throw new IllegalArgumentException("all ids are taken; delete an endpoint first");
  }
}
