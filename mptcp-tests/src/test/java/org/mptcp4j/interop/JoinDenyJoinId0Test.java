package org.mptcp4j.interop;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Group {@code deny_join_id0} of the kernel's own join tests. */
@Tag("matrix")
@Interop
class JoinDenyJoinId0Test {
  @TestFactory
  Stream<DynamicTest> cases() {
    return JoinCase.tests("deny_join_id0");
  }
}
