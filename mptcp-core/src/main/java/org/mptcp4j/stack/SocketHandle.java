package org.mptcp4j.stack;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.ControlBlockView;
import org.mptcp4j.api.KeepAlive;
import org.mptcp4j.api.MetaSockView;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpKeys;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.api.SubflowSockView;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.mptcp.Life;
import org.mptcp4j.mptcp.MetaSock;
import org.mptcp4j.mptcp.Paths;
import org.mptcp4j.mptcp.SocketViews;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.PeerTimeouts;

/**
 * The application's end of a connection: passes its verbs to the meta socket and has the stack look
 * at what follows.
 */
final class SocketHandle implements MptcpSocket {
  private final StackConfig config;
  private final RunQueue running;
  private final ConnectionNode node;
  private Object attachment;

  SocketHandle(StackConfig config, RunQueue running, ConnectionNode node) {
    this.config = config;
    this.running = running;
    this.node = node;
  }

  private MetaSock metaSock() {
    return node.connection().meta();
  }

  @Override
  public long id() {
    return node.id();
  }

  @Override
  public State state() {
    if (node.broken() || metaSock().life().isOver()) {
      return State.CLOSED;
    }
    if (metaSock().closedByApplication()) {
      return State.CLOSING;
    }
    return metaSock().life() == Life.CONNECTING ? State.CONNECTING : State.OPEN;
  }

  @Override
  public InetSocketAddress localAddress() {
    FourTuple tuple = node.connection().tuple();
    return tuple.local().withPort(tuple.localPort());
  }

  @Override
  public InetSocketAddress remoteAddress() {
    FourTuple tuple = node.connection().tuple();
    return tuple.remote().withPort(tuple.remotePort());
  }

  @Override
  public boolean write(ByteBuf buf) {
    Objects.requireNonNull(buf, "buf");
    if (state() == State.CLOSED) {
      buf.release();
      return false;
    }
    if (metaSock().outputShutDown()) {
      throw new IllegalStateException(
          "write after shutdownOutput() or close(); write everything before you call them");
    }
    boolean room = metaSock().write(buf);
    running.touch(node);
    return room;
  }

  @Override
  public long writableBytes() {
    return node.broken() ? 0 : metaSock().writableBytes();
  }

  @Override
  public long sendBufferRoomBytes() {
    return node.broken() ? 0 : metaSock().sendBufferRoomBytes();
  }

  @Override
  public ByteBuf read() {
    return read(Integer.MAX_VALUE);
  }

  @Override
  public ByteBuf read(int mostBytes) {
    if (mostBytes < 1) {
      throw new IllegalArgumentException("mostBytes must be at least 1, not " + mostBytes);
    }
    if (node.broken()) {
      return null;
    }
    ByteBuf piece = metaSock().read(mostBytes);
    if (piece != null) {
      running.touch(node);
    }
    return piece;
  }

  @Override
  public long readableBytes() {
    return node.broken() ? 0 : metaSock().readableBytes();
  }

  @Override
  public long urgentBytes() {
    return node.broken() ? 0 : node.connection().urgentBytes();
  }

  @Override
  public boolean endOfStream() {
    return !node.broken() && metaSock().endOfStream();
  }

  @Override
  public void shutdownOutput() {
    if (!node.broken()) {
      metaSock().shutdownOutput();
      running.touch(node);
    }
  }

  @Override
  public void close() {
    if (!node.broken() && !metaSock().closedByApplication()) {
      if (metaSock().tcpOptions().lingerNs() == 0) {
        metaSock().abort();
      } else {
        metaSock().close();
      }
      running.touch(node);
    }
  }

  @Override
  public void abort() {
    if (!node.broken()) {
      metaSock().abort();
      running.touch(node);
    }
  }

  @Override
  public SocketError error() {
    return node.error();
  }

  @Override
  public ConnectionInfo info() {
    return node.connection().info(node.id());
  }

  @Override
  public boolean isMptcp() {
    return node.connection().protocol() == Protocol.MPTCP;
  }

  // ---- paths

  /** What the application may do with the paths, unless that is not possible now. */
  private Paths paths(String what) throws MptcpException {
    if (state() == State.CLOSED) {
      throw new MptcpException(SocketError.ENOTCONN, what + ": the connection is closed");
    }
    return node.connection().paths(what);
  }

  @Override
  public List<SubflowInfo> subflows() {
    return info().subflows();
  }

  @Override
  public Optional<SubflowInfo> subflow(int subflowId) {
    ConnectionInfo info = info();
    if (subflowId < 0 || subflowId >= Math.max(1, info.subflowsCreated())) {
      throw new IllegalArgumentException(
          "there never was a subflow "
              + subflowId
              + "; choose one of "
              + info.subflows().stream().map(SubflowInfo::id).toList());
    }
    return info.subflows().stream().filter(s -> s.id() == subflowId).findFirst();
  }

  @Override
  public int openSubflow(
      long nowNs, InetSocketAddress local, InetSocketAddress remote, Priority priority)
      throws MptcpException {
    IpAddress from = address(local);
    IpAddress to = address(remote);
    int id =
        paths("open a subflow").open(nowNs, from, local.getPort(), to, remote.getPort(), priority);
    running.touch(node);
    return id;
  }

  private static IpAddress address(InetSocketAddress end) {
    IpAddress address = Binding.specific(end);
    if (address == null) {
      throw new IllegalArgumentException(end + " is no host's address; name one");
    }
    return address;
  }

  @Override
  public void closeSubflow(int subflowId) throws MptcpException {
    paths("close a subflow").close(subflowId);
    running.touch(node);
  }

  @Override
  public void resetSubflow(int subflowId, PeerReset why) throws MptcpException {
    Objects.requireNonNull(why, "why");
    paths("reset a subflow").reset(subflowId, why);
    running.touch(node);
  }

  @Override
  public void setPriority(int subflowId, Priority priority) throws MptcpException {
    paths("set a priority").setPriority(subflowId, priority);
    running.touch(node);
  }

  @Override
  public void announceAddress(InetSocketAddress address) throws MptcpException {
    paths("announce an address").announce(address(address), address.getPort());
    running.touch(node);
  }

  @Override
  public void withdrawAddress(IpAddress address) throws MptcpException {
    paths("withdraw an address").withdraw(address);
    running.touch(node);
  }

  @Override
  public void setPathManager(PathManager manager) throws MptcpException {
    Objects.requireNonNull(manager, "manager");
    paths("exchange the path manager").manager(manager);
    running.touch(node);
  }

  @Override
  public void setScheduler(Scheduler scheduler) {
    Objects.requireNonNull(scheduler, "scheduler");
    if (!node.broken()) {
      node.connection().scheduler(scheduler);
      running.touch(node);
    }
  }

  @Override
  public void setCongestionControl(CongestionControlFactory algorithm) {
    Objects.requireNonNull(algorithm, "algorithm");
    if (!node.broken()) {
      node.connection().congestionControl(algorithm);
      running.touch(node);
    }
  }

  @Override
  public void setNoDelay(boolean on) {
    if (!node.broken()) {
      metaSock().setNoDelay(on);
      running.touch(node);
    }
  }

  @Override
  public void setTcp(TcpSocketOptions options) {
    Objects.requireNonNull(options, "options");
    if (!node.broken()) {
      metaSock().setTcpOptions(options);
      node.connection().flows().forEach(flow -> flow.setTcpOptions(options));
      running.touch(node);
    }
  }

  @Override
  public void setTcp(int subflowId, TcpSocketOptions options) {
    Objects.requireNonNull(options, "options");
    if (subflow(subflowId).isPresent() && !node.broken()) {
      node.connection().flows().stream()
          .filter(flow -> flow.id() == subflowId)
          .forEach(flow -> flow.setTcpOptions(options));
      running.touch(node);
    }
  }

  @Override
  public TcpSocketOptions tcp() {
    return metaSock().tcpOptions();
  }

  @Override
  public void setKeepAlive(boolean on) {
    setPeerTimeouts(metaSock().peerTimeouts().keepAlive(on));
  }

  @Override
  public void setKeepAliveTimes(KeepAlive times) {
    setPeerTimeouts(metaSock().peerTimeouts().times(times));
  }

  @Override
  public void setUserTimeout(Duration timeout) {
    long ns = SocketOptions.builder().userTimeout(timeout).build().userTimeoutNs(); // in its range
    setPeerTimeouts(metaSock().peerTimeouts().userTimeoutNs(ns));
  }

  private void setPeerTimeouts(PeerTimeouts timeouts) {
    if (!node.broken()) {
      metaSock().setPeerTimeouts(timeouts);
      node.connection().flows().forEach(flow -> flow.setPeerTimeouts(timeouts));
      running.touch(node);
    }
  }

  @Override
  public void setSendBufferBytes(int bytes) {
    BufferRange range = ConnectionConfig.buffer(bytes, config.buffers().send());
    if (!node.broken()) {
      metaSock().setSendBuffer(range);
      running.touch(node);
    }
  }

  @Override
  public void setReceiveBufferBytes(int bytes) {
    BufferRange range = ConnectionConfig.buffer(bytes, config.buffers().receive());
    if (!node.broken()) {
      metaSock().setReceiveBuffer(range);
      running.touch(node);
    }
  }

  @Override
  public MetaSockView meta() {
    return SocketViews.meta(metaSock());
  }

  @Override
  public Optional<SubflowSockView> master() {
    return connectionList().stream().findFirst();
  }

  @Override
  public List<SubflowSockView> connectionList() {
    return SocketViews.connectionList(node.connection().connectionList());
  }

  @Override
  public Optional<ControlBlockView> controlBlock() {
    return node.connection().cb().map(SocketViews::controlBlock);
  }

  @Override
  public Optional<MptcpKeys> keys() {
    return node.connection().cb().map(SocketViews::keys);
  }

  @Override
  public void setAttachment(Object newAttachment) {
    attachment = newAttachment;
  }

  @Override
  public Object attachment() {
    return attachment;
  }

  @Override
  public String toString() {
    return "MptcpSocket["
        + id()
        + " "
        + localAddress()
        + " -> "
        + remoteAddress()
        + " "
        + state()
        + "]";
  }
}
