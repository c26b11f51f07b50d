package org.mptcp4j.mptcp;

import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.pm.RemoteAddress;

/** Something happened to the paths of a connection: the netlink events of Linux. */
public sealed interface PathEvent {
  /** A subflow may carry data now. */
  record SubEstablished(SubflowInfo subflow) implements PathEvent {}

  /** A subflow is gone, or could not be established. */
  record SubClosed(SubflowInfo subflow) implements PathEvent {}

  /** The peer changed how a subflow is to be used. */
  record SubPriority(SubflowInfo subflow) implements PathEvent {}

  /** The peer announced an address. */
  record Announced(RemoteAddress address) implements PathEvent {}

  /** The peer withdrew an address. */
  record Removed(RemoteAddress address) implements PathEvent {}
}
