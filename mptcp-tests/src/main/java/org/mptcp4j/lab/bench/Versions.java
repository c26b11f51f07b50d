package org.mptcp4j.lab.bench;

import org.mptcp4j.lab.system.Namespaces;

/** Two builds of this stack, each to the kernel, under the same conditions. */
record Versions(LabBuild older, LabBuild newer) implements Pairing {
  @Override
  public Side a(Namespaces namespaces, Programs programs, BenchMode mode) {
    return new StackSide(namespaces, programs, mode, older, "a-client");
  }

  @Override
  public Side b(Namespaces namespaces, Programs programs, BenchMode mode) {
    return new StackSide(namespaces, programs, mode, newer, "b-client");
  }
}
