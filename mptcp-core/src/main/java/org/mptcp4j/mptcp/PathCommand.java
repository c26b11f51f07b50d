package org.mptcp4j.mptcp;

import java.util.List;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.RemoteAddress;

/** What a path manager asked for, to be carried out after its method returned. */
sealed interface PathCommand {
  /** Open a subflow. */
  record Join(LocalAddress local, int localPort, RemoteAddress remote, Priority priority)
      implements PathCommand {}

  /** Announce an address. */
  record Announce(LocalAddress address, int port) implements PathCommand {}

  /** Withdraw addresses. */
  record Withdraw(List<Integer> addressIds) implements PathCommand {}

  /** Close a subflow. */
  record Close(int subflowId) implements PathCommand {}

  /** Reset a subflow. */
  record Reset(int subflowId, PeerReset why) implements PathCommand {}

  /** Tell the path manager that a time has come; {@link Long#MAX_VALUE} for never. */
  record WakeAt(long timeNs) implements PathCommand {}

  /** Change how a subflow is used. */
  record SetPriority(int subflowId, Priority priority) implements PathCommand {}
}
