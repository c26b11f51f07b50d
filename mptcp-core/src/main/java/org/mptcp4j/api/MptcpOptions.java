package org.mptcp4j.api;

/**
 * How MPTCP works on a whole stack, as the sysctls below {@code net.mptcp} and the limits of {@code
 * ip mptcp} in Linux.
 *
 * <pre>{@code
 * MptcpOptions.builder().checksumRequired(true).announceAddresses(true).build()
 * }</pre>
 */
public sealed interface MptcpOptions permits MptcpOptionValues {

  /**
   * Whether the stack speaks MPTCP at all; a socket's own option counts only when this is ENABLED.
   */
  MptcpMode mode();

  /** Whether DSS checksums are asked for in the handshake (RFC 8684 section 3.1, flag A). */
  boolean checksumRequired();

  /**
   * Whether peers may join at the address and port of the first subflow; {@code false} sets flag C
   * (RFC 8684 section 3.1).
   */
  boolean joinInitialAddress();

  /** Whether the accepting side announces its further addresses by ADD_ADDR. */
  boolean announceAddresses();

  /** Subflows beside the first that this end opens for a connection. */
  int maxSubflowsOpened();

  /** Subflows beside the first that this end accepts for a connection. */
  int maxSubflowsAccepted();

  /**
   * Announced addresses that are connected to, per connection (the kernel's {@code
   * add_addr_accepted}).
   */
  int maxAcceptedAddresses();

  /** Retransmissions of a SYN that still carry MP_CAPABLE. */
  int synRetriesBeforeTcp();

  /** How often an ADD_ADDR without echo is sent again. */
  int addAddressRetries();

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
  static MptcpOptions defaults() {
    return builder().build();
  }

  /**
   * A builder that starts with these values.
   *
   * @return a new builder
   */
  default Builder toBuilder() {
    Builder b = new Builder();
    b.mode = mode();
    b.checksumRequired = checksumRequired();
    b.joinInitialAddress = joinInitialAddress();
    b.announceAddresses = announceAddresses();
    b.maxSubflowsOpened = maxSubflowsOpened();
    b.maxSubflowsAccepted = maxSubflowsAccepted();
    b.maxAcceptedAddresses = maxAcceptedAddresses();
    b.synRetriesBeforeTcp = synRetriesBeforeTcp();
    b.addAddressRetries = addAddressRetries();
    return b;
  }

  /** Collects values; each method sets the component of its name. */
  final class Builder {
    private MptcpMode mode = MptcpMode.ENABLED;
    private boolean checksumRequired;
    private boolean joinInitialAddress = true;
    private boolean announceAddresses;
    private int maxSubflowsOpened = 8;
    private int maxSubflowsAccepted = 8;
    private int maxAcceptedAddresses = 8;
    private int synRetriesBeforeTcp = 2;
    private int addAddressRetries = 3;

    private Builder() {}

    /**
     * Switches MPTCP on or off for the whole stack. Default: on.
     *
     * @param chosen the mode
     * @return this builder
     */
    public Builder mode(MptcpMode chosen) {
      mode = chosen;
      return this;
    }

    /**
     * Asks for DSS checksums. Default: no; they are used nevertheless when the peer asks.
     *
     * @param required whether to set flag A in MP_CAPABLE
     * @return this builder
     */
    public Builder checksumRequired(boolean required) {
      checksumRequired = required;
      return this;
    }

    /**
     * Allows joins at the address and port of the first subflow. Default: yes.
     *
     * @param allowed {@code false} sets flag C in MP_CAPABLE
     * @return this builder
     */
    public Builder joinInitialAddress(boolean allowed) {
      joinInitialAddress = allowed;
      return this;
    }

    /**
     * Announces further local addresses on accepted connections. Default: no.
     *
     * @param announce whether to send ADD_ADDR
     * @return this builder
     */
    public Builder announceAddresses(boolean announce) {
      announceAddresses = announce;
      return this;
    }

    /**
     * Limits the subflows beside the first that this end opens for a connection. Default: 7.
     *
     * @param count 0 or more; 0 opens none
     * @return this builder
     */
    public Builder maxSubflowsOpened(int count) {
      maxSubflowsOpened = count;
      return this;
    }

    /**
     * Limits the subflows beside the first that this end accepts for a connection. Default: 7.
     *
     * @param count 0 or more; 0 refuses every join
     * @return this builder
     */
    public Builder maxSubflowsAccepted(int count) {
      maxSubflowsAccepted = count;
      return this;
    }

    /**
     * Limits the announced addresses connected to, per connection. Default: 8.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder maxAcceptedAddresses(int count) {
      maxAcceptedAddresses = count;
      return this;
    }

    /**
     * Sets how many SYN retransmissions still offer MPTCP. Default: 2.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder synRetriesBeforeTcp(int count) {
      synRetriesBeforeTcp = count;
      return this;
    }

    /**
     * Sets how often an ADD_ADDR without echo is sent again. Default: 3.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder addAddressRetries(int count) {
      addAddressRetries = count;
      return this;
    }

    /**
     * Checks and returns the values.
     *
     * @return what was collected
     * @throws IllegalArgumentException when a value is out of range; the message names it
     */
    public MptcpOptions build() {
      return new MptcpOptionValues(
          mode,
          checksumRequired,
          joinInitialAddress,
          announceAddresses,
          maxSubflowsOpened,
          maxSubflowsAccepted,
          maxAcceptedAddresses,
          synRetriesBeforeTcp,
          addAddressRetries);
    }
  }
}
