package org.mptcp4j.lab.bench;

import org.mptcp4j.lab.bench.BenchMode.Condition;
import org.mptcp4j.lab.system.Namespaces;

/** What is measured against the kernel, side B. */
enum Opponent implements Pairing {
  /** This stack. */
  STACK("this stack") {
    @Override
    public Side b(Namespaces namespaces, Programs programs, BenchMode mode) {
      return new StackSide(namespaces, programs, mode, LabBuild.own(), "b-client");
    }
  },
  /** A program with next to no stack, with one subflow. */
  BARE("bare responder") {
    @Override
    public Side b(Namespaces namespaces, Programs programs, BenchMode mode) {
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

  /** The kernel; over plain devices, what such a device allows. */
  @Override
  public Side a(Namespaces namespaces, Programs programs, BenchMode mode) {
    return mode.conditions().contains(Condition.PLAIN_TUN)
        ? new ForwardedSide(namespaces, programs, mode)
        : new KernelSide(namespaces, programs, mode);
  }

  @Override
  public boolean joinsInA(BenchMode mode) {
    return !mode.conditions().contains(Condition.PLAIN_TUN);
  }
}
