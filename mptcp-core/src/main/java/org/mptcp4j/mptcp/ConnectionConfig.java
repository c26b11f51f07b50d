package org.mptcp4j.mptcp;

import java.util.Objects;
import java.util.function.Supplier;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.Cubic;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PmLimits;
import org.mptcp4j.sched.LowestRtt;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.tcp.PeerTimeouts;

/**
 * Parameters of one connection. Times in nanoseconds, sizes in bytes.
 *
 * @param mptcp whether MPTCP is offered or accepted
 * @param checksumRequired whether this end sets the A flag of MP_CAPABLE
 * @param joinInitialAddress whether peers may join to the initial address; else the C flag is set
 * @param noDelay whether Nagle's algorithm is off
 * @param pacing whether subflows spread what they send over the round trip
 * @param peerTimeouts how long its flows bear with a silent peer
 * @param sendBuffer bytes written and not acknowledged after which no more should be written
 * @param receiveBuffer bytes received and not read that the window admits
 * @param synRetriesBeforeTcp retransmissions of a SYN that still carry MP_CAPABLE
 * @param zeroSubflowTimeoutNs how long a connection without subflow waits for a new one
 * @param closeTimeoutNs how long a closed connection may take to deliver what was written
 * @param addAddrTimeoutNs time after which an ADD_ADDR without echo is sent again
 * @param addAddrRetries how often it is sent again
 * @param unmappedBytes bytes without mapping that a subflow may hold before it is reset
 * @param minRtoNs shortest data-level retransmission interval
 * @param maxRtoNs longest data-level retransmission interval
 * @param limits bounds of path management
 * @param scheduler decides which subflow carries what
 * @param pathManager makes the path manager of a connection
 * @param congestionControl makes the congestion control of a subflow
 */
public record ConnectionConfig(
    boolean mptcp,
    boolean checksumRequired,
    boolean joinInitialAddress,
    boolean noDelay,
    boolean pacing,
    PeerTimeouts peerTimeouts,
    BufferRange sendBuffer,
    BufferRange receiveBuffer,
    int synRetriesBeforeTcp,
    long zeroSubflowTimeoutNs,
    long closeTimeoutNs,
    long addAddrTimeoutNs,
    int addAddrRetries,
    int unmappedBytes,
    long minRtoNs,
    long maxRtoNs,
    PmLimits limits,
    Scheduler scheduler,
    Supplier<PathManager> pathManager,
    Supplier<CongestionControl> congestionControl) {

  /** Checks that nothing is missing. */
  public ConnectionConfig {
    Objects.requireNonNull(peerTimeouts, "peerTimeouts");
    Objects.requireNonNull(sendBuffer, "sendBuffer");
    Objects.requireNonNull(receiveBuffer, "receiveBuffer");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(scheduler, "scheduler");
    Objects.requireNonNull(pathManager, "pathManager");
    Objects.requireNonNull(congestionControl, "congestionControl");
  }

  /** The defaults. */
  public static ConnectionConfig defaults() {
    return builder().build();
  }

  /** A builder that starts with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects parameters; each method returns this builder. */
  public static final class Builder {
    private static final long MS = 1_000_000L;
    private boolean mptcp = true;
    private boolean checksumRequired;
    private boolean joinInitialAddress = true;
    private boolean noDelay;
    private boolean pacing;
    private PeerTimeouts peerTimeouts = PeerTimeouts.DEFAULT;
    private BufferRange sendBuffer = new BufferRange(4 << 20, 16 << 20);
    private BufferRange receiveBuffer = new BufferRange(1 << 20, 16 << 20);
    private int synRetriesBeforeTcp = 2;
    private long zeroSubflowTimeoutNs = 60_000 * MS;
    private long closeTimeoutNs = 60_000 * MS;
    private long addAddrTimeoutNs = 120_000 * MS;
    private int addAddrRetries = 3;
    private int unmappedBytes = 1 << 16;
    private long minRtoNs = 200 * MS;
    private long maxRtoNs = 120_000 * MS;
    private PmLimits limits = PmLimits.DEFAULT;
    private Scheduler scheduler = new LowestRtt();
    private Supplier<PathManager> pathManager = DefaultPathManager::new;
    private Supplier<CongestionControl> congestionControl = Cubic::new;

    private Builder() {}

    /** Offers and accepts MPTCP, or only plain TCP. */
    public Builder mptcp(boolean enabled) {
      mptcp = enabled;
      return this;
    }

    /** Asks for DSS checksums. RFC 8684 section 3.1, flag A. */
    public Builder checksumRequired(boolean required) {
      checksumRequired = required;
      return this;
    }

    /** Admits joins to the initial address. RFC 8684 section 3.1, flag C. */
    public Builder joinInitialAddress(boolean admitted) {
      joinInitialAddress = admitted;
      return this;
    }

    /** Switches Nagle's algorithm off. */
    public Builder noDelay(boolean off) {
      noDelay = off;
      return this;
    }

    /** Switches pacing on. */
    public Builder pacing(boolean on) {
      pacing = on;
      return this;
    }

    /** Sets keep-alive and user timeout. */
    public Builder peerTimeouts(PeerTimeouts timeouts) {
      peerTimeouts = timeouts;
      return this;
    }

    /** Sets the bounds of the send buffer. */
    public Builder sendBuffer(BufferRange range) {
      sendBuffer = range;
      return this;
    }

    /** Sets the bounds of the receive buffer. */
    public Builder receiveBuffer(BufferRange range) {
      receiveBuffer = range;
      return this;
    }

    /** Sets how many SYN retransmissions carry MP_CAPABLE. */
    public Builder synRetriesBeforeTcp(int count) {
      synRetriesBeforeTcp = count;
      return this;
    }

    /** Sets how long a connection lives without subflow. */
    public Builder zeroSubflowTimeoutNs(long ns) {
      zeroSubflowTimeoutNs = ns;
      return this;
    }

    /** Sets how long an orderly close may take. */
    public Builder closeTimeoutNs(long ns) {
      closeTimeoutNs = ns;
      return this;
    }

    /** Sets when an ADD_ADDR without echo is sent again. */
    public Builder addAddrTimeoutNs(long ns) {
      addAddrTimeoutNs = ns;
      return this;
    }

    /** Sets how often an ADD_ADDR is sent again. */
    public Builder addAddrRetries(int count) {
      addAddrRetries = count;
      return this;
    }

    /** Sets how many bytes a subflow may hold without a mapping. */
    public Builder unmappedBytes(int bytes) {
      unmappedBytes = bytes;
      return this;
    }

    /** Sets the bounds of the data-level retransmission interval. */
    public Builder rtoNs(long min, long max) {
      minRtoNs = min;
      maxRtoNs = max;
      return this;
    }

    /** Sets the limits of path management. */
    public Builder limits(PmLimits bounds) {
      limits = bounds;
      return this;
    }

    /** Chooses the scheduler. */
    public Builder scheduler(Scheduler chosen) {
      scheduler = chosen;
      return this;
    }

    /** Chooses the path manager. */
    public Builder pathManager(Supplier<PathManager> factory) {
      pathManager = factory;
      return this;
    }

    /** Chooses the congestion control of subflows. */
    public Builder congestionControl(Supplier<CongestionControl> factory) {
      congestionControl = factory;
      return this;
    }

    /** The configuration. */
    public ConnectionConfig build() {
      return new ConnectionConfig(
          mptcp,
          checksumRequired,
          joinInitialAddress,
          noDelay,
          pacing,
          peerTimeouts,
          sendBuffer,
          receiveBuffer,
          synRetriesBeforeTcp,
          zeroSubflowTimeoutNs,
          closeTimeoutNs,
          addAddrTimeoutNs,
          addAddrRetries,
          unmappedBytes,
          minRtoNs,
          maxRtoNs,
          limits,
          scheduler,
          pathManager,
          congestionControl);
    }
  }
}
