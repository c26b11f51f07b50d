package org.mptcp4j.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Group {@code userspace} of the kernel's own join tests. */
@Tag("matrix")
@Interop
class JoinUserspaceTest {
  @TestFactory
  Stream<DynamicTest> cases() {
    return JoinCase.tests("userspace");
  }

  /** Those in which a daemon does something; the kernel's is its own test program. */
  @TestFactory
  Stream<DynamicTest> casesByHand() {
    Assumptions.assumeTrue(
        KernelTestProgram.pmNlCtl().isPresent(), "linux-source-6.12 is not installed");
    return JoinCase.tests("userspace_by_hand");
  }
}
