package org.mptcp4j.mptcp;

/** {@code mptcp_cb}: what belongs to an MPTCP connection as a whole. */
public final class MptcpCb {
  MptcpCb() {}

  /** Our token. */
  public int localToken() {
    return 0;
  }

  /** The peer's token, 0 while unknown. */
  public int remoteToken() {
    return 0;
  }
}
