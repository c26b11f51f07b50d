package org.mptcp4j.mptcp;

import java.util.List;
import org.mptcp4j.pm.LocalAddress;

/**
 * {@code mptcp_cb}: what belongs to an MPTCP connection as a whole: keys and tokens, the connection
 * list, the meta socket and the master, the sessions of path manager and scheduler. A connection
 * with a peer that speaks plain TCP has none.
 */
public final class MptcpCb {
  private final SessionKeys keys;
  private final MetaSock meta;
  private final ConnectionList subflows;
  private final PathSession paths;
  private AddressAnnouncements announcements;
  private Subflow master;

  MptcpCb(SessionKeys keys, MetaSock meta, ConnectionList subflows, PathSession paths) {
    this.keys = keys;
    this.meta = meta;
    this.subflows = subflows;
    this.paths = paths;
  }

  /** Our token: the peer's joins name it. */
  public int localToken() {
    return keys.localToken();
  }

  /** The peer's token, 0 while its key is unknown. */
  public int remoteToken() {
    return keys.remoteToken();
  }

  /** Whether DSS checksums are used, in both directions. RFC 8684 section 3.1, flag A. */
  public boolean checksum() {
    return keys.checksum();
  }

  /** {@code meta_sk}. */
  public MetaSock meta() {
    return meta;
  }

  /** {@code master_sk}: the first subflow, which may be gone: its socket is CLOSED then. */
  public Subflow master() {
    return master;
  }

  /** {@code connection_list}: live subflows in order of creation, the master first; read-only. */
  public List<Subflow> connectionList() {
    return subflows.view();
  }

  /** Addresses that the peer announces now. */
  public int remoteAddresses() {
    return paths.remoteAddresses().size();
  }

  void master(Subflow first) {
    master = first;
  }

  SessionKeys keys() {
    return keys;
  }

  PathSession paths() {
    return paths;
  }

  /** What this end announces, or null when it never announced anything. */
  AddressAnnouncements announcements() {
    return announcements;
  }

  /**
   * Queues an address to be announced.
   *
   * @param retries how often an announcement is repeated
   */
  void announce(LocalAddress address, int retries) {
    if (announcements == null) {
      announcements = new AddressAnnouncements(retries);
    }
    announcements.add(address);
  }
}
