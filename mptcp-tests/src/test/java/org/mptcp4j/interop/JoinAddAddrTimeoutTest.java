package org.mptcp4j.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Group {@code add_addr_timeout} of the kernel's own join tests. */
@Tag("matrix")
@Interop
class JoinAddAddrTimeoutTest {
  @TestFactory
  Stream<DynamicTest> cases() {
    return JoinCase.tests("add_addr_timeout");
  }
}
