package org.mptcp4j.api;

import io.netty.util.internal.PlatformDependent;

/**
 * Upper bounds of everything that a peer or an application can make a stack hold. What goes beyond
 * a limit is refused and counted.
 */
public sealed interface Limits permits LimitValues {

  /** Live connections, the half-open ones included. */
  int connections();

  /**
   * Passive connections of the whole stack whose handshake is not complete; beyond it, the oldest
   * goes or SYN cookies are sent.
   */
  int halfOpen();

  /** Flows in TIME-WAIT; the oldest ends early when one more comes. */
  int timeWait();

  /** TCP flows (subflows and plain connections) that are not in TIME-WAIT. */
  int flows();

  /** Live subflows of one connection, the first included. */
  int subflowsPerConnection();

  /**
   * Subflows of one connection whose handshake is not complete; the oldest of those that the peer
   * began goes when one more comes.
   */
  int joinsPendingPerConnection();

  /** Addresses that one peer may announce. */
  int remoteAddressesPerConnection();

  /**
   * Separate pieces that one subflow holds behind a gap; their bytes are bounded by its receive
   * window.
   */
  int outOfOrderPiecesPerSubflow();

  /** Bytes without a mapping (RFC 8684 section 3.3.1) that a subflow holds before it is reset. */
  int unmappedBytesPerSubflow();

  /** Challenge ACKs of one flow (RFC 5961 section 7). */
  int challengeAcksPerSecond();

  /** Resets sent for segments that belong to nothing (RFC 9293 section 3.10.7.1). */
  int resetsPerSecond();

  /** Answers to ICMP echo requests. */
  int echoRepliesPerSecond();

  /**
   * Connections that the application has closed and that are not over; the slowest is reset when
   * one more comes.
   */
  int orphans();

  /**
   * What received data may keep alive that is not read, and written data that is not acknowledged;
   * of a group, that of all its stacks together.
   */
  long memoryBytes();

  /**
   * A builder with the defaults.
   *
   * @return a new builder
   */
  static Builder builder() {
    return new Builder();
  }

  /**
   * The defaults: 1 048 576 connections and flows, 4 096 half-open, 65 536 in TIME-WAIT; per
   * connection 9 subflows, 8 pending joins, 8 remote addresses; 16 384 pieces out of order per
   * subflow, 65 536 bytes without a mapping; 10 challenge ACKs per second and flow, 1 000 resets
   * and echo replies per second; 8 192 orphans; half of the direct memory that Netty may use.
   *
   * @return limits as {@code builder().build()} gives them
   */
  static Limits defaults() {
    return builder().build();
  }

  /**
   * A builder that starts with these limits.
   *
   * @return a new builder
   */
  default Builder toBuilder() {
    Builder b = new Builder();
    b.connections = connections();
    b.halfOpen = halfOpen();
    b.timeWait = timeWait();
    b.flows = flows();
    b.subflowsPerConnection = subflowsPerConnection();
    b.joinsPendingPerConnection = joinsPendingPerConnection();
    b.remoteAddressesPerConnection = remoteAddressesPerConnection();
    b.outOfOrderPiecesPerSubflow = outOfOrderPiecesPerSubflow();
    b.unmappedBytesPerSubflow = unmappedBytesPerSubflow();
    b.challengeAcksPerSecond = challengeAcksPerSecond();
    b.resetsPerSecond = resetsPerSecond();
    b.echoRepliesPerSecond = echoRepliesPerSecond();
    b.orphans = orphans();
    b.memoryBytes = memoryBytes();
    return b;
  }

  /** Collects limits. */
  final class Builder {
    private int connections = 1 << 20;
    private int halfOpen = 4096;
    private int timeWait = 65_536;
    private int flows = 1 << 20;
    private int subflowsPerConnection = 9;
    private int joinsPendingPerConnection = 8;
    private int remoteAddressesPerConnection = 8;
    private int outOfOrderPiecesPerSubflow = 16_384;
    private int unmappedBytesPerSubflow = 1 << 16;
    private int challengeAcksPerSecond = 10;
    private int resetsPerSecond = 1000;
    private int echoRepliesPerSecond = 1000;
    private int orphans = 8192;
    private long memoryBytes =
        Math.max(LimitValues.LEAST_MEMORY_BYTES, PlatformDependent.maxDirectMemory() / 2);

    private Builder() {}

    /**
     * Limits live connections.
     *
     * @param count at least 1
     * @return this builder
     */
    public Builder connections(int count) {
      connections = count;
      return this;
    }

    /**
     * Limits passive connections whose handshake is not complete. SYNs beyond it are answered by
     * SYN cookies (RFC 4987 section 3.6), of which nothing is held.
     *
     * @param count at least 1
     * @return this builder
     */
    public Builder halfOpen(int count) {
      halfOpen = count;
      return this;
    }

    /**
     * Limits flows in TIME-WAIT.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder timeWait(int count) {
      timeWait = count;
      return this;
    }

    /**
     * Limits TCP flows that are not in TIME-WAIT.
     *
     * @param count at least 1
     * @return this builder
     */
    public Builder flows(int count) {
      flows = count;
      return this;
    }

    /**
     * Limits the subflows of a connection.
     *
     * @param count at least 1
     * @return this builder
     */
    public Builder subflowsPerConnection(int count) {
      subflowsPerConnection = count;
      return this;
    }

    /**
     * Limits the subflows of a connection whose handshake is not complete.
     *
     * @param count 0 or more; 0 accepts no join
     * @return this builder
     */
    public Builder joinsPendingPerConnection(int count) {
      joinsPendingPerConnection = count;
      return this;
    }

    /**
     * Limits the addresses that a peer may announce.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder remoteAddressesPerConnection(int count) {
      remoteAddressesPerConnection = count;
      return this;
    }

    /**
     * Limits the pieces that a subflow holds behind a gap.
     *
     * @param count at least 1
     * @return this builder
     */
    public Builder outOfOrderPiecesPerSubflow(int count) {
      outOfOrderPiecesPerSubflow = count;
      return this;
    }

    /**
     * Limits the bytes that a subflow holds without a mapping.
     *
     * @param bytes 0 or more
     * @return this builder
     */
    public Builder unmappedBytesPerSubflow(int bytes) {
      unmappedBytesPerSubflow = bytes;
      return this;
    }

    /**
     * Limits the challenge ACKs of a flow.
     *
     * @param perSecond 0 or more; 0 sends none
     * @return this builder
     */
    public Builder challengeAcksPerSecond(int perSecond) {
      challengeAcksPerSecond = perSecond;
      return this;
    }

    /**
     * Limits the resets for segments that belong to nothing.
     *
     * @param perSecond 0 or more; 0 sends none
     * @return this builder
     */
    public Builder resetsPerSecond(int perSecond) {
      resetsPerSecond = perSecond;
      return this;
    }

    /**
     * Limits the answers to ICMP echo requests.
     *
     * @param perSecond 0 or more; 0 sends none
     * @return this builder
     */
    public Builder echoRepliesPerSecond(int perSecond) {
      echoRepliesPerSecond = perSecond;
      return this;
    }

    /**
     * Limits connections that the application has closed and that are not over.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder orphans(int count) {
      orphans = count;
      return this;
    }

    /**
     * Limits the memory that received and written data keep alive. From two thirds of it windows
     * and send buffers stop growing; before it is reached, data is dropped that peers have to
     * repeat.
     *
     * @param bytes at least 1 MiB; of a group of stacks, the budget of all its stacks together
     * @return this builder
     */
    public Builder memoryBytes(long bytes) {
      memoryBytes = bytes;
      return this;
    }

    /**
     * Checks and returns the limits.
     *
     * @return the limits
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public Limits build() {
      return new LimitValues(
          connections,
          halfOpen,
          timeWait,
          flows,
          subflowsPerConnection,
          joinsPendingPerConnection,
          remoteAddressesPerConnection,
          outOfOrderPiecesPerSubflow,
          unmappedBytesPerSubflow,
          challengeAcksPerSecond,
          resetsPerSecond,
          echoRepliesPerSecond,
          orphans,
          memoryBytes);
    }
  }
}
