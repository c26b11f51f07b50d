package org.mptcp4j.lab.bench;

/** What is measured against the kernel, side B. */
enum Opponent {
  /** This stack. */
  STACK("this stack") {
    @Override
    Side side(Namespaces namespaces, Programs programs, BenchMode mode) {
      return new StackSide(namespaces, programs, mode);
    }
  },
  /** A program with next to no stack, with one subflow. */
  BARE("bare responder") {
    @Override
    Side side(Namespaces namespaces, Programs programs, BenchMode mode) {
      return new BareSide(namespaces, programs, mode);
    }
  };

  private final String title;

  Opponent(String title) {
    this.title = title;
  }

  /** What it is, in words. */
  String title() {
    return title;
  }

  /** It as a server, ready. */
  abstract Side side(Namespaces namespaces, Programs programs, BenchMode mode);
}
