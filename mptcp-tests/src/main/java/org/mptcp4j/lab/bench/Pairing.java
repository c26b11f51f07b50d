package org.mptcp4j.lab.bench;

import org.mptcp4j.lab.system.Namespaces;

/** What is compared with what: makes both sides of a mode, each a server that is ready. */
interface Pairing {
  /** What the other side is compared with. */
  Side a(Namespaces namespaces, Programs programs, BenchMode mode);

  /** What is judged. */
  Side b(Namespaces namespaces, Programs programs, BenchMode mode);

  /** Whether connections of A have a second subflow in this mode. */
  default boolean joinsInA(BenchMode mode) {
    return true;
  }
}
