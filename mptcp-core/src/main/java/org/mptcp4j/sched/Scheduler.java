package org.mptcp4j.sched;

import org.mptcp4j.spi.Named;

/**
 * Decides which subflow carries which bytes: RFC 8684 section 3.3.5 leaves that to the
 * implementation. One object serves all connections, on the threads of all stacks that use it: what
 * it must remember of a connection is in the {@link SchedulerSession} that it makes for each.
 *
 * <p>Chosen by name or by instance: {@code StackBuilder.scheduler}, {@code SocketOptions.scheduler}
 * for a socket or what a listener accepts, {@code MptcpSocket.setScheduler} while a connection
 * lives. A jar that names its class in {@code META-INF/services/org.mptcp4j.sched.Scheduler} adds
 * one to those that {@link Schedulers} finds by name.
 */
public interface Scheduler extends Named {
  /**
   * Begins to serve a connection. A scheduler that remembers nothing answers with the same object
   * each time, so that an idle connection takes no memory for it.
   */
  SchedulerSession newSession();
}
