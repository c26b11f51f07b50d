package org.mptcp4j.netty;

/**
 * Both ends of the channel's connection know that they speak MPTCP: {@link MptcpPaths#openSubflow}
 * is possible. At the end that connected this is when the peer has acknowledged something that was
 * sent; not for plain TCP. Fired through the pipeline as a user event.
 */
public enum MptcpEstablished {
  /** The event. */
  INSTANCE
}
