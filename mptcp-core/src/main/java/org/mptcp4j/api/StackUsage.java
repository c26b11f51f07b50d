package org.mptcp4j.api;

/**
 * What a stack holds at one moment.
 *
 * @param connections connections of any kind, those not accepted yet included
 * @param halfOpen passive connections whose handshake is not complete
 * @param flows TCP flows (subflows and plain connections), without those in TIME-WAIT
 * @param timeWait flows in TIME-WAIT
 * @param orphans connections that the application has closed and that are not over
 * @param heldBytes memory that received data keeps alive which is not read, and written data which
 *     is not acknowledged; at most {@link org.mptcp4j.api.Limits#memoryBytes()}
 */
public record StackUsage(
    int connections, int halfOpen, int flows, int timeWait, int orphans, long heldBytes) {

  /** Nothing at all. */
  public static final StackUsage NOTHING = new StackUsage(0, 0, 0, 0);

  /** Connections that hold nothing, and of which the application has closed none. */
  public StackUsage(int connections, int halfOpen, int flows, int timeWait) {
    this(connections, halfOpen, flows, timeWait, 0, 0);
  }

  /** What two stacks hold together. */
  public StackUsage plus(StackUsage other) {
    return new StackUsage(
        connections + other.connections,
        halfOpen + other.halfOpen,
        flows + other.flows,
        timeWait + other.timeWait,
        orphans + other.orphans,
        heldBytes + other.heldBytes);
  }
}
