package org.mptcp4j.api;

import java.util.function.Consumer;

/**
 * What can be chosen for a whole stack, in parts: what sysctls are in Linux, {@link SocketOptions}
 * being what {@code setsockopt} is. Everything has a default; a builder changes some of it.
 *
 * <pre>{@code
 * StackConfig config =
 *     StackConfig.builder()
 *         .mptcp(m -> m.checksumRequired(true).announceAddresses(true))
 *         .timeouts(t -> t.timeWait(Duration.ofSeconds(10)))
 *         .build();
 * }</pre>
 *
 * <p>The parts are what the stack works with, down to its TCP: an option is in one of them, and
 * nowhere else. Wherever a time is set it is a {@code Duration}; wherever it is read it is in
 * nanoseconds, and its name says so.
 */
public sealed interface StackConfig permits StackConfigValues {

  /** How MPTCP works. */
  MptcpOptions mptcp();

  /** How TCP works. */
  TcpOptions tcp();

  /** Bounds of buffers that are tuned automatically. */
  Buffers buffers();

  /** How long is waited for what. */
  Timeouts timeouts();

  /** Upper bounds of what the stack holds. */
  Limits limits();

  /** Options of a socket opened without any. */
  SocketOptions sockets();

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
   * @return the configuration as {@code builder().build()} gives it
   */
  static StackConfig defaults() {
    return builder().build();
  }

  /**
   * A builder that starts with this configuration.
   *
   * @return a new builder
   */
  default Builder toBuilder() {
    Builder b = new Builder();
    b.mptcp = mptcp();
    b.tcp = tcp();
    b.buffers = buffers();
    b.timeouts = timeouts();
    b.limits = limits();
    b.sockets = sockets();
    return b;
  }

  /**
   * Collects the configuration. Each part can be set, or changed: {@code tcp(t -> t.retries(8))}.
   */
  final class Builder {
    private MptcpOptions mptcp = MptcpOptions.defaults();
    private TcpOptions tcp = TcpOptions.defaults();
    private Buffers buffers = Buffers.defaults();
    private Timeouts timeouts = Timeouts.defaults();
    private Limits limits = Limits.defaults();
    private SocketOptions sockets = SocketOptions.defaults();

    private Builder() {}

    /**
     * Switches MPTCP on or off for the whole stack. Default: on.
     *
     * @param mode the mode
     * @return this builder
     */
    public Builder mptcp(MptcpMode mode) {
      return mptcp(m -> m.mode(mode));
    }

    /**
     * Sets how MPTCP works.
     *
     * @param all in place of what was set before
     * @return this builder
     */
    public Builder mptcp(MptcpOptions all) {
      mptcp = all;
      return this;
    }

    /**
     * Changes how MPTCP works.
     *
     * @param change of what is set already
     * @return this builder
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public Builder mptcp(Consumer<MptcpOptions.Builder> change) {
      MptcpOptions.Builder b = mptcp.toBuilder();
      change.accept(b);
      mptcp = b.build();
      return this;
    }

    /**
     * Sets how TCP works.
     *
     * @param all in place of what was set before
     * @return this builder
     */
    public Builder tcp(TcpOptions all) {
      tcp = all;
      return this;
    }

    /**
     * Changes how TCP works.
     *
     * @param change of what is set already
     * @return this builder
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public Builder tcp(Consumer<TcpOptions.Builder> change) {
      TcpOptions.Builder b = tcp.toBuilder();
      change.accept(b);
      tcp = b.build();
      return this;
    }

    /**
     * Sets the bounds of tuned buffers.
     *
     * @param all in place of what was set before
     * @return this builder
     */
    public Builder buffers(Buffers all) {
      buffers = all;
      return this;
    }

    /**
     * Changes the bounds of tuned buffers.
     *
     * @param change of what is set already
     * @return this builder
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public Builder buffers(Consumer<Buffers.Builder> change) {
      Buffers.Builder b = buffers.toBuilder();
      change.accept(b);
      buffers = b.build();
      return this;
    }

    /**
     * Sets timeouts.
     *
     * @param all in place of what was set before
     * @return this builder
     */
    public Builder timeouts(Timeouts all) {
      timeouts = all;
      return this;
    }

    /**
     * Changes timeouts.
     *
     * @param change of what is set already
     * @return this builder
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public Builder timeouts(Consumer<Timeouts.Builder> change) {
      Timeouts.Builder b = timeouts.toBuilder();
      change.accept(b);
      timeouts = b.build();
      return this;
    }

    /**
     * Sets limits.
     *
     * @param all in place of what was set before
     * @return this builder
     */
    public Builder limits(Limits all) {
      limits = all;
      return this;
    }

    /**
     * Changes limits.
     *
     * @param change of what is set already
     * @return this builder
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public Builder limits(Consumer<Limits.Builder> change) {
      Limits.Builder b = limits.toBuilder();
      change.accept(b);
      limits = b.build();
      return this;
    }

    /**
     * Sets the options of sockets opened without any.
     *
     * @param all in place of what was set before
     * @return this builder
     */
    public Builder sockets(SocketOptions all) {
      sockets = all;
      return this;
    }

    /**
     * Changes the options of sockets opened without any.
     *
     * @param change of what is set already
     * @return this builder
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public Builder sockets(Consumer<SocketOptions.Builder> change) {
      SocketOptions.Builder b = sockets.toBuilder();
      change.accept(b);
      sockets = b.build();
      return this;
    }

    /**
     * Checks and returns the configuration.
     *
     * @return the configuration
     */
    public StackConfig build() {
      return new StackConfigValues(mptcp, tcp, buffers, timeouts, limits, sockets);
    }
  }
}
