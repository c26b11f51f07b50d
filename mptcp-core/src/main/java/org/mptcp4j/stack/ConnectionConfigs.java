package org.mptcp4j.stack;

import java.util.function.Supplier;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.sched.Scheduler;

/**
 * What users chose for the whole stack, to which a socket's options are added.
 *
 * @param stack the configuration
 * @param scheduler of sockets whose options name none
 * @param pathManager of sockets whose options name none
 */
record ConnectionConfigs(
    StackConfig stack, Scheduler scheduler, Supplier<PathManager> pathManager) {

  /**
   * What a connection with these options works with.
   *
   * @throws IllegalArgumentException when the congestion control algorithm is unknown
   */
  ConnectionConfig of(SocketOptions options) {
    return ConnectionConfig.of(stack, options, scheduler, pathManager);
  }
}
