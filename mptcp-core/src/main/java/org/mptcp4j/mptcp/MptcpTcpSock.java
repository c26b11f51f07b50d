package org.mptcp4j.mptcp;

/** {@code mptcp_tcp_sock}: the MPTCP part of a subflow. */
public final class MptcpTcpSock {
  MptcpTcpSock() {}

  boolean backup() {
    return false;
  }
}
