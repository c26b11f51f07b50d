package org.mptcp4j.mptcp;

import java.util.Objects;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.tcp.FastOpenAnswer;
import org.mptcp4j.tcp.FastOpenStart;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.tcp.TcpConfig;
import org.mptcp4j.tcp.TcpExtension;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.RxSegment;

/**
 * Makes the TCP sockets of connections that have the same configuration: it is made once for those
 * of a listener, and has no state of theirs.
 */
public final class SubflowFactory {
  /** Retransmissions of the SYN of a join: other paths carry the connection meanwhile. */
  private static final int JOIN_SYN_RETRIES = 3;

  /** The longest time between two of them: a path that comes back is to be found soon. */
  private static final long JOIN_SYN_GAP_NS = 2_000_000_000L;

  private final ConnectionConfig config;
  private final StackServices services;

  // The last parameters of a join, and those of a first flow that they were made of.
  private TcpConfig joinConfig;
  private TcpConfig firstConfig;

  /**
   * Makes one.
   *
   * @param config of the connections
   * @param services of their stack
   */
  public SubflowFactory(ConnectionConfig config, StackServices services) {
    this.config = Objects.requireNonNull(config, "config");
    this.services = Objects.requireNonNull(services, "services");
  }

  /** What the connections work with. */
  public ConnectionConfig config() {
    return config;
  }

  /** What they use of their stack. */
  StackServices services() {
    return services;
  }

  /** The socket of the first flow of a connection that this end opens. */
  TcpSock connect(long nowNs, FourTuple tuple, int linkIndex, TcpExtension extension) {
    TcpSocketOptions chosen = config.socket().tcp();
    FastOpenStart start = FastOpenStart.NONE;
    if (chosen.fastOpenConnect()) {
      start = services.fastOpens().start(nowNs, tuple, chosen.fastOpenNoCookie());
    }
    return connect(nowNs, tuple, tcpConfig(tuple, linkIndex), start, extension);
  }

  /** The socket of a further subflow that this end opens. */
  TcpSock join(long nowNs, FourTuple tuple, int linkIndex, TcpExtension extension) {
    TcpConfig tcp = forJoin(tcpConfig(tuple, linkIndex));
    return connect(nowNs, tuple, tcp, FastOpenStart.NONE, extension);
  }

  private TcpConfig forJoin(TcpConfig first) {
    if (first != firstConfig) {
      firstConfig = first;
      joinConfig = first.withSyns(JOIN_SYN_RETRIES, JOIN_SYN_GAP_NS);
    }
    return joinConfig;
  }

  private TcpSock connect(
      long nowNs,
      FourTuple tuple,
      TcpConfig tcpConfig,
      FastOpenStart start,
      TcpExtension extension) {
    return prepared(
        nowNs,
        TcpSock.connect(
            nowNs,
            tcpConfig,
            tuple,
            extension,
            config.congestionControl(),
            services.iss(nowNs, tuple),
            services.iss().timestampOffset(tuple),
            start));
  }

  /** The socket of a flow that the peer opens. */
  TcpSock accept(
      long nowNs,
      FourTuple tuple,
      RxSegment syn,
      FastOpenAnswer fastOpen,
      int linkIndex,
      TcpExtension extension) {
    return prepared(
        nowNs,
        TcpSock.accept(
            nowNs,
            tcpConfig(tuple, linkIndex),
            tuple,
            extension,
            config.congestionControl(),
            services.iss(nowNs, tuple),
            services.iss().timestampOffset(tuple),
            syn,
            fastOpen));
  }

  /** The socket of a flow that the peer opened by sending a cookie back. */
  TcpSock accept(
      long nowNs,
      FourTuple tuple,
      RxSegment ack,
      SynCookie cookie,
      int linkIndex,
      TcpExtension extension) {
    return prepared(
        nowNs,
        TcpSock.accept(
            nowNs,
            tcpConfig(tuple, linkIndex),
            tuple,
            extension,
            config.congestionControl(),
            services.iss().timestampOffset(tuple),
            ack,
            cookie));
  }

  private TcpSock prepared(long nowNs, TcpSock tcp) {
    FourTuple path = tcp.tuple();
    tcp.knownPathMtu(nowNs, services.pathMtus().get(nowNs, path.local(), path.remote()));
    tcp.peerTimeouts(config.peerTimeouts());
    tcp.socketOptions(config.socket().tcp());
    return tcp;
  }

  /** Our end first; its address is the object that the stack has for it, so that it is shared. */
  FourTuple tupleOf(RxSegment seg) {
    IpAddress local = seg.dst();
    for (LocalAddress known : services.localAddresses()) {
      if (known.address().equals(local)) {
        local = known.address();
      }
    }
    return new FourTuple(local, seg.dstPort(), seg.src(), seg.srcPort());
  }

  private TcpConfig tcpConfig(FourTuple tuple, int linkIndex) {
    return services.tcpConfig(linkIndex, tuple, config);
  }
}
