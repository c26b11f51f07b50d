package org.mptcp4j.mptcp;

import java.util.Objects;
import java.util.function.Supplier;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpOptions;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.TcpOptions;
import org.mptcp4j.api.Timeouts;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PmLimits;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.sched.Schedulers;
import org.mptcp4j.tcp.PeerTimeouts;

/**
 * What one connection works with: the configuration of its stack, the options of its socket, and
 * what follows from the two. The connections of a listener share it.
 *
 * @param stack what holds for the whole stack
 * @param socket what was chosen for this socket
 * @param scheduler decides which subflow carries what
 * @param pathManager makes the path manager of a connection
 * @param congestionControl makes the congestion control of a subflow
 * @param pathLimits bounds of path management
 * @param peerTimeouts how long its flows bear with a silent peer, unless that is changed
 */
public record ConnectionConfig(
    StackConfig stack,
    SocketOptions socket,
    Scheduler scheduler,
    Supplier<PathManager> pathManager,
    CongestionControlFactory congestionControl,
    PmLimits pathLimits,
    PeerTimeouts peerTimeouts) {

  /** Checks that nothing is missing. */
  public ConnectionConfig {
    Objects.requireNonNull(stack, "stack");
    Objects.requireNonNull(socket, "socket");
    Objects.requireNonNull(scheduler, "scheduler");
    Objects.requireNonNull(pathManager, "pathManager");
    Objects.requireNonNull(congestionControl, "congestionControl");
    Objects.requireNonNull(pathLimits, "pathLimits");
    Objects.requireNonNull(peerTimeouts, "peerTimeouts");
  }

  /**
   * That of a socket with these options.
   *
   * @param scheduler of a socket whose options name none
   * @param pathManager of a socket whose options name none
   * @param congestionControl of a socket whose options name none
   */
  public static ConnectionConfig of(
      StackConfig stack,
      SocketOptions socket,
      Scheduler scheduler,
      Supplier<PathManager> pathManager,
      CongestionControlFactory congestionControl) {
    return new ConnectionConfig(
        stack,
        socket,
        socket.scheduler().orElse(scheduler),
        socket.pathManager().orElse(pathManager),
        socket.congestionControl().orElse(congestionControl),
        pathLimits(stack.mptcp(), stack.limits()),
        new PeerTimeouts(socket.keepAlive(), socket.keepAliveTimes(), socket.userTimeoutNs()));
  }

  private static PmLimits pathLimits(MptcpOptions options, Limits limits) {
    return new PmLimits(
        limits.subflowsPerConnection() - 1,
        options.maxSubflowsOpened(),
        options.maxSubflowsAccepted(),
        limits.joinsPendingPerConnection(),
        Math.min(options.maxAcceptedAddresses(), limits.remoteAddressesPerConnection()));
  }

  /** That of a socket opened without options. */
  public static ConnectionConfig of(StackConfig stack) {
    return of(
        stack,
        stack.sockets(),
        Schedulers.byName(Schedulers.DEFAULT),
        DefaultPathManager::new,
        CongestionControls.byName(CongestionControls.DEFAULT));
  }

  /** The defaults. */
  public static ConnectionConfig defaults() {
    return of(StackConfig.defaults());
  }

  /** Whether MPTCP is offered or accepted. */
  public boolean speaksMptcp() {
    return stack.mptcp().mode() == MptcpMode.ENABLED && socket.mptcp() == MptcpMode.ENABLED;
  }

  /** How MPTCP works. */
  public MptcpOptions mptcp() {
    return stack.mptcp();
  }

  /** How TCP works. */
  public TcpOptions tcp() {
    return stack.tcp();
  }

  /** How long is waited for what. */
  public Timeouts timeouts() {
    return stack.timeouts();
  }

  /** Bounds of what is held. */
  public Limits limits() {
    return stack.limits();
  }

  /** Bytes written and not acknowledged after which no more should be written. */
  public BufferRange sendBuffer() {
    return buffer(socket.sendBufferBytes(), stack.buffers().send());
  }

  /** Bytes received and not read that the window admits. */
  public BufferRange receiveBuffer() {
    return buffer(socket.receiveBufferBytes(), stack.buffers().receive());
  }

  /**
   * The bounds of a buffer whose size a socket asks for; what was asked for is not tuned.
   *
   * @param tuned the bounds of one that is
   */
  public static BufferRange buffer(int askedBytes, BufferRange tuned) {
    return askedBytes == SocketOptions.AUTO_BUFFER_BYTES ? tuned : BufferRange.fixed(askedBytes);
  }
}
