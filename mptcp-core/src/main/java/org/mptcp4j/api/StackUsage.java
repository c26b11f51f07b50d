package org.mptcp4j.api;

/**
 * What a stack holds at one moment.
 *
 * @param connections connections of any kind, those not accepted yet included
 * @param halfOpen passive connections whose handshake is not complete
 * @param flows TCP flows (subflows and plain connections), without those in TIME-WAIT
 * @param timeWait flows in TIME-WAIT
 */
public record StackUsage(int connections, int halfOpen, int flows, int timeWait) {
  /** What two stacks hold together. */
  public StackUsage plus(StackUsage other) {
    return new StackUsage(
        connections + other.connections,
        halfOpen + other.halfOpen,
        flows + other.flows,
        timeWait + other.timeWait);
  }
}
