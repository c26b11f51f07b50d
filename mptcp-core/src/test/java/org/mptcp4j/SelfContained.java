package org.mptcp4j;

/** For {@link KnotsTest}: an interface whose only implementation is nested in it. */
interface SelfContained {
  /** The implementation. */
  final class Only implements SelfContained {}
}
