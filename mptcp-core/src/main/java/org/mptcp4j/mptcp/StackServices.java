package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.IssGenerator;
import org.mptcp4j.tcp.TcpConfig;
import org.mptcp4j.wire.IpAddress;

/**
 * What a connection needs of the stack that drives it. The stack passes it into each verb, so that
 * no connection points back at its owner. Called on the stack's thread only.
 */
public interface StackServices {
  /** Where buffers come from. */
  ByteBufAllocator allocator();

  /** The stack's source of randomness, seeded by the driver. Keys and nonces come from it. */
  RandomGenerator random();

  /** Connections by token. */
  TokenTable tokens();

  /** Hashes, shared by all connections of the stack. */
  MptcpCrypto crypto();

  /** Counters of the stack. */
  Counters counters();

  /** Initial sequence numbers. */
  IssGenerator iss();

  /**
   * Picks a free local port for a new flow.
   *
   * @return the port, or 0 when none is free
   */
  int ephemeralPort(IpAddress local, IpAddress remote, int remotePort);

  /**
   * The link on which packets from {@code local} reach {@code remote}.
   *
   * @return its index, or -1 when there is none or it is down
   */
  int linkFor(IpAddress local, IpAddress remote);

  /** Which announced addresses may be joined. */
  Destinations destinations();

  /** Parameters of a flow over that link: limits, timers, and an MSS that fits its MTU. */
  TcpConfig tcpConfig(int linkIndex, FourTuple tuple, ConnectionConfig config);

  /**
   * Registers a flow, so that its segments come to {@link Connection#onSegment}.
   *
   * @return false, and nothing registered, when the tuple is in use or the limit of flows is
   *     reached
   */
  boolean addFlow(Connection connection, Subflow subflow);

  /**
   * A flow is over: forget its tuple, or let a {@code TimeWaitSock} take it over when its {@code
   * TcpSock} is in TIME-WAIT. The connection releases the {@code TcpSock} right after this call.
   */
  void removeFlow(long nowNs, Connection connection, Subflow subflow);

  /** This host's usable addresses with their ids, in the order in which they should be tried. */
  List<LocalAddress> localAddresses();
}
