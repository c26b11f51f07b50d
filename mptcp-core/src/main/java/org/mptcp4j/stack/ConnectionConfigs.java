package org.mptcp4j.stack;

import java.time.Duration;
import java.util.function.Supplier;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.KeepAlive;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PmLimits;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.tcp.PeerTimeouts;

/** Turns what users chose, for the stack and for a socket, into the parameters of a connection. */
final class ConnectionConfigs {
  private final StackConfig config;
  private final Scheduler scheduler;
  private final Supplier<PathManager> pathManager;

  ConnectionConfigs(StackConfig config, Scheduler scheduler, Supplier<PathManager> pathManager) {
    this.config = config;
    this.scheduler = scheduler;
    this.pathManager = pathManager;
  }

  /** What the stack was configured with. */
  StackConfig stack() {
    return config;
  }

  /**
   * The parameters of a connection with these options.
   *
   * @throws IllegalArgumentException when the congestion control algorithm is unknown
   */
  ConnectionConfig of(SocketOptions options) {
    boolean mptcp = config.mptcp() == MptcpMode.ENABLED && options.mptcp() == MptcpMode.ENABLED;
    String algorithm = options.congestionControl();
    Supplier<CongestionControl> congestionControl = CongestionControls.byName(algorithm);
    return ConnectionConfig.builder()
        .mptcp(mptcp)
        .checksumRequired(config.checksumRequired())
        .joinInitialAddress(config.joinInitialAddress())
        .noDelay(options.noDelay())
        .pacing(options.pacing())
        .peerTimeouts(peerTimeouts(options))
        .sendBuffer(buffer(options.sendBufferBytes(), config.sendBuffer()))
        .receiveBuffer(buffer(options.receiveBufferBytes(), config.receiveBuffer()))
        .synRetriesBeforeTcp(config.synRetriesBeforeTcp())
        .zeroSubflowTimeoutNs(config.zeroSubflowTimeout().toNanos())
        .closeTimeoutNs(config.closeTimeout().toNanos())
        .addAddrTimeoutNs(config.addAddressTimeout().toNanos())
        .rtoNs(config.minRto().toNanos(), config.maxRto().toNanos())
        .limits(limits())
        .scheduler(options.scheduler().orElse(scheduler))
        .pathManager(options.pathManager().orElse(pathManager))
        .congestionControl(congestionControl)
        .build();
  }

  /** A size that was asked for is not tuned. */
  static BufferRange buffer(int askedBytes, BufferRange tuned) {
    return askedBytes == SocketOptions.AUTO_BUFFER_BYTES ? tuned : BufferRange.fixed(askedBytes);
  }

  private static PeerTimeouts peerTimeouts(SocketOptions options) {
    KeepAlive times = options.keepAliveTimes();
    return new PeerTimeouts(
        options.keepAlive(),
        times.idle().toNanos(),
        times.interval().toNanos(),
        times.count(),
        options.userTimeout().toNanos());
  }

  private PmLimits limits() {
    return new PmLimits(
        Math.min(config.maxSubflows(), config.limits().subflowsPerConnection() - 1),
        config.limits().joinsPendingPerConnection(),
        Math.min(config.maxAcceptedAddresses(), config.limits().remoteAddressesPerConnection()));
  }

  /**
   * How long data may go unacknowledged: the time that the given number of retransmissions take
   * with exponential back-off from the shortest timeout, as Linux computes it from {@code
   * tcp_retries2}. RFC 9293 section 3.8.3 calls it R2.
   */
  static long giveUpNs(int retries, Duration minRto, Duration maxRto) {
    long total = 0;
    long timeout = minRto.toNanos();
    for (int i = 0; i <= retries; i++) {
      total += timeout;
      timeout = Math.min(2 * timeout, maxRto.toNanos());
    }
    return total;
  }
}
