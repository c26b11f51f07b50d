/**
 * TCP and Multipath TCP as Java objects over raw packets.
 *
 * <p>Everybody may use the {@linkplain org.mptcp4j.api API}, the packages of the parts that users
 * plug in, and the drivers. How the protocols are done is for the test kit and for mptcp-netty, and
 * may change with every version.
 */
@SuppressWarnings({"requires-automatic", "module"})
module org.mptcp4j.core {
  requires transitive io.netty.buffer;
  requires io.netty.common;
  requires static transitive org.jspecify;
  requires org.slf4j;
  requires com.sun.jna;

  exports org.mptcp4j.api;
  exports org.mptcp4j.cc;
  exports org.mptcp4j.sched;
  exports org.mptcp4j.pm;
  exports org.mptcp4j.spi;
  exports org.mptcp4j.info;
  exports org.mptcp4j.link;
  exports org.mptcp4j.link.host;
  exports org.mptcp4j.link.packet;
  exports org.mptcp4j.link.pcap;
  exports org.mptcp4j.link.sim;
  exports org.mptcp4j.link.tun;
  exports org.mptcp4j.mib;
  exports org.mptcp4j.mptcp to
      org.mptcp4j.testkit;
  exports org.mptcp4j.stack to
      org.mptcp4j.netty;
  exports org.mptcp4j.tcp to
      org.mptcp4j.testkit;
  exports org.mptcp4j.wire to
      org.mptcp4j.testkit;

  uses org.mptcp4j.api.StackBuilder;
  uses org.mptcp4j.api.StackGroup.Factory;
  uses org.mptcp4j.cc.CongestionControlFactory;
  uses org.mptcp4j.pm.PathManagerFactory;
  uses org.mptcp4j.sched.Scheduler;

  provides org.mptcp4j.api.StackBuilder with
      org.mptcp4j.stack.ProtocolStackBuilder;
  provides org.mptcp4j.api.StackGroup.Factory with
      org.mptcp4j.stack.GroupFactory;
}
