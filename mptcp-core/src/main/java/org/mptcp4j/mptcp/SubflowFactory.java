package org.mptcp4j.mptcp;

import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.TcpConfig;
import org.mptcp4j.tcp.TcpExtension;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.IpAddress;
import org.mptcp4j.wire.RxSegment;

/** Makes subflows: a {@code TcpSock} with its extension, numbered and ready to be registered. */
final class SubflowFactory {
  /** Retransmissions of the SYN of a join: other paths carry the connection meanwhile. */
  private static final int JOIN_SYN_RETRIES = 3;

  private SubflowFactory() {}

  /** The first subflow of a connection that this end opens; {@code mptcp} null for plain TCP. */
  static Subflow connect(
      long nowNs,
      ConnectionConfig config,
      int id,
      FourTuple tuple,
      int linkIndex,
      MptcpTcpSock mptcp,
      PlainTcp plain,
      StackServices services) {
    TcpConfig tcpConfig = tcpConfig(config, tuple, linkIndex, services);
    if (id > 0) {
      tcpConfig = tcpConfig.toBuilder().synRetries(JOIN_SYN_RETRIES).build();
    }
    TcpSock tcp =
        TcpSock.connect(
            tcpConfig,
            tuple,
            extension(mptcp, plain),
            config.congestionControl().get(),
            services.iss().iss(nowNs, tuple),
            services.iss().timestampOffset(tuple),
            nowNs);
    return finish(id, linkIndex, tcp, mptcp);
  }

  /** A subflow that the peer opens. */
  static Subflow accept(
      long nowNs,
      ConnectionConfig config,
      int id,
      FourTuple tuple,
      RxSegment syn,
      int linkIndex,
      MptcpTcpSock mptcp,
      PlainTcp plain,
      StackServices services) {
    TcpSock tcp =
        TcpSock.accept(
            tcpConfig(config, tuple, linkIndex, services),
            tuple,
            extension(mptcp, plain),
            config.congestionControl().get(),
            services.iss().iss(nowNs, tuple),
            services.iss().timestampOffset(tuple),
            syn,
            nowNs);
    return finish(id, linkIndex, tcp, mptcp);
  }

  /** Our end first; its address is the object that the stack has for it, so that it is shared. */
  static FourTuple tupleOf(RxSegment seg, StackServices services) {
    IpAddress local = seg.dst();
    for (LocalAddress known : services.localAddresses()) {
      if (known.address().equals(local)) {
        local = known.address();
      }
    }
    return new FourTuple(local, seg.dstPort(), seg.src(), seg.srcPort());
  }

  private static TcpExtension extension(MptcpTcpSock mptcp, PlainTcp plain) {
    return mptcp != null ? mptcp : plain;
  }

  private static TcpConfig tcpConfig(
      ConnectionConfig config, FourTuple tuple, int linkIndex, StackServices services) {
    TcpConfig tcpConfig = services.tcpConfig(linkIndex, tuple, config);
    // Small writes are held back at the data level, where the mapping is decided.
    return tcpConfig.nagle() ? tcpConfig.toBuilder().nagle(false).build() : tcpConfig;
  }

  private static Subflow finish(int id, int linkIndex, TcpSock tcp, MptcpTcpSock mptcp) {
    if (mptcp != null) {
      mptcp.startSending(tcp.iss());
    }
    return new Subflow(id, linkIndex, tcp, mptcp);
  }
}
