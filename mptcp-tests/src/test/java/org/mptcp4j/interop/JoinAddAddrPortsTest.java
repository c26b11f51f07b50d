package org.mptcp4j.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Group {@code add_addr_ports} of the kernel's own join tests. */
@Interop
class JoinAddAddrPortsTest {
  @TestFactory
  Stream<DynamicTest> cases() {
    return JoinCase.tests("add_addr_ports");
  }
}
