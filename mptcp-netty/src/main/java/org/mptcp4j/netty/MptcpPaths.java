package org.mptcp4j.netty;

import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.sched.Scheduler;

/**
 * The paths of a {@link MptcpChannel}: what {@link MptcpSocket} offers for them, from any thread.
 * Each call is carried out on the event loop, at once when it is made there. A future fails with
 * what the method of the socket throws: a {@link MptcpException} that says why it is not possible
 * now, an {@link IllegalArgumentException} when it never is, {@link
 * java.nio.channels.NotYetConnectedException} before {@code connect}. {@link
 * MptcpChannel#connectionInfo()} has the subflows with their addresses and how they do.
 */
public final class MptcpPaths {
  private final MptcpChannel channel;

  MptcpPaths(MptcpChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens a subflow: see {@link MptcpSocket#openSubflow}. {@link SubflowUp} or {@link SubflowDown}
   * follows.
   *
   * @return {@code SubflowInfo.id()} of the new subflow
   */
  public Future<Integer> openSubflow(
      InetSocketAddress local, InetSocketAddress remote, Priority priority) {
    return channel.onSocket((nowNs, socket) -> socket.openSubflow(nowNs, local, remote, priority));
  }

  /** Closes a subflow: see {@link MptcpSocket#closeSubflow}. */
  public Future<Void> closeSubflow(int subflowId) {
    return run((nowNs, socket) -> socket.closeSubflow(subflowId));
  }

  /** Resets a subflow and says why: see {@link MptcpSocket#resetSubflow}. */
  public Future<Void> resetSubflow(int subflowId, PeerReset why) {
    return run((nowNs, socket) -> socket.resetSubflow(subflowId, why));
  }

  /** Sets the priority of a subflow and tells the peer: see {@link MptcpSocket#setPriority}. */
  public Future<Void> setPriority(int subflowId, Priority priority) {
    return run((nowNs, socket) -> socket.setPriority(subflowId, priority));
  }

  /** Sets options of one subflow: see {@link MptcpSocket#setTcp(int, TcpSocketOptions)}. */
  public Future<Void> setTcp(int subflowId, TcpSocketOptions options) {
    return run((nowNs, socket) -> socket.setTcp(subflowId, options));
  }

  /** Announces an address to the peer: see {@link MptcpSocket#announceAddress}. */
  public Future<Void> announceAddress(InetSocketAddress address) {
    return run((nowNs, socket) -> socket.announceAddress(address));
  }

  /** Withdraws an address: see {@link MptcpSocket#withdrawAddress}. */
  public Future<Void> withdrawAddress(IpAddress address) {
    return run((nowNs, socket) -> socket.withdrawAddress(address));
  }

  /** Has another path manager decide: see {@link MptcpSocket#setPathManager(String)}. */
  public Future<Void> setPathManager(String name) {
    return run((nowNs, socket) -> socket.setPathManager(name));
  }

  /** Has another path manager decide: see {@link MptcpSocket#setPathManager(PathManager)}. */
  public Future<Void> setPathManager(PathManager manager) {
    return run((nowNs, socket) -> socket.setPathManager(manager));
  }

  /** Has another scheduler decide: see {@link MptcpSocket#setScheduler(Scheduler)}. */
  public Future<Void> setScheduler(Scheduler scheduler) {
    return run((nowNs, socket) -> socket.setScheduler(scheduler));
  }

  /**
   * Chooses the congestion control of every subflow: see {@link
   * MptcpSocket#setCongestionControl(CongestionControlFactory)}.
   */
  public Future<Void> setCongestionControl(CongestionControlFactory algorithm) {
    return run((nowNs, socket) -> socket.setCongestionControl(algorithm));
  }

  private interface Verb {
    void run(long nowNs, MptcpSocket socket) throws MptcpException;
  }

  private Future<Void> run(Verb verb) {
    return channel.onSocket(
        (nowNs, socket) -> {
          verb.run(nowNs, socket);
          return null;
        });
  }
}
