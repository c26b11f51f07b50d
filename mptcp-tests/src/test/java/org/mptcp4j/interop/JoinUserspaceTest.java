package org.mptcp4j.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Group {@code userspace} of the kernel's own join tests. */
@Interop
class JoinUserspaceTest {
  @TestFactory
  Stream<DynamicTest> cases() {
    return JoinCase.tests("userspace");
  }
}
