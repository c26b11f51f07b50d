/** Unit tests of protocol logic: whole stacks on a simulated network, peers driven by hand. */
@SuppressWarnings("module")
module org.mptcp4j.testkit {
  requires transitive org.mptcp4j.core;
  requires io.netty.common;
  requires static transitive org.junit.jupiter.api;
  requires static transitive org.assertj.core;
  requires static transitive org.jspecify;

  exports org.mptcp4j.testkit;
  exports org.mptcp4j.testkit.assertj;
  exports org.mptcp4j.testkit.byhand;
  exports org.mptcp4j.testkit.capture;
  exports org.mptcp4j.testkit.junit;
  exports org.mptcp4j.testkit.middlebox;
  exports org.mptcp4j.testkit.packetdrill;
  exports org.mptcp4j.testkit.peer;
  exports org.mptcp4j.testkit.replay;
  exports org.mptcp4j.testkit.segment;
}
