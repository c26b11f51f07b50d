package org.mptcp4j.api;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.sched.Scheduler;

/** What {@link SocketOptions} is made of. */
record SocketOptionValues(
    MptcpMode mptcp,
    boolean noDelay,
    boolean pacing,
    int sendBufferBytes,
    int receiveBufferBytes,
    Optional<CongestionControlFactory> congestionControl,
    Optional<Scheduler> scheduler,
    Optional<Supplier<PathManager>> pathManager,
    long connectTimeoutNs,
    boolean keepAlive,
    KeepAlive keepAliveTimes,
    long userTimeoutNs,
    TcpSocketOptions tcp,
    Optional<InetSocketAddress> localAddress)
    implements SocketOptions {
  /** Checks the values. */
  SocketOptionValues {
    Objects.requireNonNull(mptcp, "mptcp");
    Objects.requireNonNull(congestionControl, "congestionControl");
    Objects.requireNonNull(scheduler, "scheduler");
    Objects.requireNonNull(pathManager, "pathManager");
    Objects.requireNonNull(localAddress, "localAddress");
    Objects.requireNonNull(tcp, "tcp");
    if (sendBufferBytes != AUTO_BUFFER_BYTES) {
      Checks.atLeast("sendBufferBytes", sendBufferBytes, MIN_BUFFER_BYTES);
    }
    if (receiveBufferBytes != AUTO_BUFFER_BYTES) {
      Checks.atLeast("receiveBufferBytes", receiveBufferBytes, MIN_BUFFER_BYTES);
    }
    Checks.positive("connectTimeout", connectTimeoutNs);
    Objects.requireNonNull(keepAliveTimes, "keepAliveTimes");
    Checks.zeroOrPositive("userTimeout", userTimeoutNs);
  }
}
