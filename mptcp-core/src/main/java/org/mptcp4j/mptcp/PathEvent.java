package org.mptcp4j.mptcp;

import org.mptcp4j.info.FallbackReason;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.RemoteAddress;

/**
 * Something happened to the paths of a connection. Those that Linux has as netlink events are for
 * the application; all are for the log. They name the flow: what it looks like is found out for who
 * asks.
 */
public sealed interface PathEvent {
  /** A subflow may carry data now. */
  record SubEstablished(Flow subflow) implements PathEvent {}

  /** A subflow is gone, or could not be established. */
  record SubClosed(Flow subflow) implements PathEvent {}

  /** The peer changed how a subflow is to be used. */
  record SubPriority(Flow subflow) implements PathEvent {}

  /** The peer announced an address. */
  record Announced(RemoteAddress address) implements PathEvent {}

  /** The peer withdrew an address. */
  record Removed(RemoteAddress address) implements PathEvent {}

  /** This end announced an address for the first time. */
  record AnnouncedByUs(int id, IpAddress address, int port) implements PathEvent {}

  /** This end withdrew an address. */
  record RemovedByUs(int id) implements PathEvent {}

  /** A subflow has fallen silent. */
  record SubStale(Flow subflow) implements PathEvent {}

  /** A subflow that was silent is heard again. */
  record SubRecovered(Flow subflow) implements PathEvent {}

  /** A subflow carried something with a wrong checksum. */
  record ChecksumFailed(Flow subflow) implements PathEvent {}

  /** A join that had begun is no subflow: of the peer, or one whose answer is not the peer's. */
  record JoinRefused(Flow subflow, JoinVerdict why) implements PathEvent {}

  /** The connection goes on as plain TCP. */
  record FellBack(FallbackReason reason) implements PathEvent {}
}
