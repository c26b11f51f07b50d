package org.mptcp4j.stack;

import java.util.function.Supplier;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.sched.Scheduler;

/**
 * What users chose for the whole stack, to which a socket's options are added.
 *
 * @param stack the configuration
 * @param scheduler of sockets whose options name none
 * @param pathManager of sockets whose options name none
 * @param congestionControl of sockets whose options name none
 */
record ConnectionConfigs(
    StackConfig stack,
    Scheduler scheduler,
    Supplier<PathManager> pathManager,
    CongestionControlFactory congestionControl) {

  /** What a connection with these options works with. */
  ConnectionConfig of(SocketOptions options) {
    return ConnectionConfig.of(stack, options, scheduler, pathManager, congestionControl);
  }
}
