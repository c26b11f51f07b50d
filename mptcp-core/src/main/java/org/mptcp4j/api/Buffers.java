package org.mptcp4j.api;

/**
 * Where automatically tuned buffers begin and end, as {@code tcp_wmem} and {@code tcp_rmem} in
 * Linux; a socket may have a fixed size instead.
 */
public sealed interface Buffers permits BufferValues {

  /** Bounds of send buffers: bytes written and not acknowledged. */
  BufferRange send();

  /** Bounds of receive buffers: bytes received and not read. */
  BufferRange receive();

  /**
   * A builder with the defaults.
   *
   * @return a new builder
   */
  static Builder builder() {
    return new Builder();
  }

  /**
   * The defaults.
   *
   * @return what {@code builder().build()} gives
   */
  static Buffers defaults() {
    return builder().build();
  }

  /**
   * A builder that starts with these values.
   *
   * @return a new builder
   */
  default Builder toBuilder() {
    Builder b = new Builder();
    b.send = send();
    b.receive = receive();
    return b;
  }

  /** Collects values; each method sets the component of its name. */
  final class Builder {
    private BufferRange send = new BufferRange(4 << 20, 32 << 20);
    private BufferRange receive = new BufferRange(1 << 20, 32 << 20);

    private Builder() {}

    /**
     * Sets the bounds of send buffers. Default: 4 MiB and 32 MiB.
     *
     * @param range the bounds
     * @return this builder
     */
    public Builder send(BufferRange range) {
      send = range;
      return this;
    }

    /**
     * Sets the bounds of receive buffers. Default: 1 MiB and 32 MiB.
     *
     * @param range the bounds
     * @return this builder
     */
    public Builder receive(BufferRange range) {
      receive = range;
      return this;
    }

    /**
     * Checks and returns the values.
     *
     * @return what was collected
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public Buffers build() {
      return new BufferValues(send, receive);
    }
  }
}
