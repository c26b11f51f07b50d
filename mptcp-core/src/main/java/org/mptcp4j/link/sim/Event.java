package org.mptcp4j.link.sim;

/** Something that happens at a virtual time. Ties are broken by the order of insertion. */
abstract class Event implements Comparable<Event> {
  long timeNs;
  long order;

  abstract void fire();

  @Override
  public final int compareTo(Event other) {
    int byTime = Long.compare(timeNs, other.timeNs);
    return byTime != 0 ? byTime : Long.compare(order, other.order);
  }
}
