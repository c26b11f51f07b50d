/** MPTCP connections as Netty channels. */
@SuppressWarnings("module")
module org.mptcp4j.netty {
  requires transitive org.mptcp4j.core;
  requires transitive io.netty.transport;
  requires transitive io.netty.common;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports org.mptcp4j.netty;
}
