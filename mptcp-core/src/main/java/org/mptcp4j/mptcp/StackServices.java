package org.mptcp4j.mptcp;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.tcp.FastOpenCache;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.IssGenerator;
import org.mptcp4j.tcp.PathMtuCache;
import org.mptcp4j.tcp.TcpConfig;

/**
 * What all connections of a stack use of it. Given to a connection once, when it is made. Called on
 * the stack's thread only.
 */
public interface StackServices {
  /** The stack's source of randomness, seeded by the driver. Keys and nonces come from it. */
  RandomGenerator random();

  /** Random keys to try until one has a free token. */
  int tokenAttempts();

  /** Whether a connection could have that token: not 0, of this stack's share, and not taken. */
  boolean isTokenFree(int token);

  /** Hashes, shared by all connections of the stack. */
  MptcpCrypto crypto();

  /** What all connections together hold. */
  StackMemory memory();

  /** Counters of the stack. */
  Counters counters();

  /** Initial sequence numbers, and offsets of timestamps. */
  IssGenerator iss();

  /** The initial sequence number of a new flow, behind those of the one whose place it takes. */
  int iss(long nowNs, FourTuple tuple);

  /** What is known of the paths to other hosts. */
  PathMtuCache pathMtus();

  /** Cookies of servers, and where fast open does not get through. */
  FastOpenCache fastOpens();

  /** Hosts to which SYNs with MP_CAPABLE do not get through. */
  Blackholes blackholes();

  /**
   * Picks a free local port for a new flow.
   *
   * @return the port, or 0 when none is free
   */
  int ephemeralPort(long nowNs, IpAddress local, IpAddress remote, int remotePort);

  /**
   * The link on which packets from {@code local} reach {@code remote}.
   *
   * @return its index, or -1 when there is none or it is down
   */
  int linkFor(IpAddress local, IpAddress remote);

  /** The address that a subflow to a destination starts from when nothing else was said. */
  default Optional<LocalAddress> localFor(IpAddress remote) {
    return localAddresses().stream().filter(a -> a.address().isV4() == remote.isV4()).findFirst();
  }

  /** Which announced addresses may be joined. */
  Destinations destinations();

  /** Parameters of a flow over that link: limits, timers, and an MSS that fits its MTU. */
  TcpConfig tcpConfig(int linkIndex, FourTuple tuple, ConnectionConfig config);

  /** This host's usable addresses with their ids, in the order in which they should be tried. */
  List<LocalAddress> localAddresses();
}
