package org.mptcp4j.tcp;

import java.util.Objects;
import java.util.function.Consumer;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.TcpOptions;
import org.mptcp4j.api.Timeouts;

/**
 * What one flow works with: the parts of the configuration that concern TCP, and what its link and
 * its socket add to them. Immutable, and shared by the flows for which it is the same.
 *
 * @param mss largest payload of a wire segment without options that the link carries and that we
 *     announce: link MTU less 40 for IPv4, less 60 for IPv6
 * @param windowScale shift count for the windows we advertise, 0 to 14, or -1 not to offer scaling
 * @param pacing whether segments are spread over the round trip
 * @param synRetries how often its SYN is sent again; for a join fewer than {@link
 *     TcpOptions#synRetries()}
 * @param synGapNs the longest time between two of them, in nanoseconds
 * @param giveUpNs how long data may stay unacknowledged without any answer (R2 of RFC 9293 section
 *     3.8.3): the time that {@link TcpOptions#retries()} take
 * @param options how TCP works
 * @param timeouts how long is waited for what
 * @param limits bounds of what is held
 */
public record TcpConfig(
    int mss,
    int windowScale,
    boolean pacing,
    int synRetries,
    long synGapNs,
    long giveUpNs,
    TcpOptions options,
    Timeouts timeouts,
    Limits limits) {

  /** Checks every range; throws {@link IllegalArgumentException} that says what is allowed. */
  public TcpConfig {
    // RFC 9293 section 3.7.1: nobody may announce less than is needed to carry options and data.
    check(mss >= 64 && mss <= 65_495, "mss must be 64 to 65495 bytes, not " + mss);
    check(windowScale >= -1 && windowScale <= 14, "windowScale must be -1 to 14");
    check(synRetries >= 0 && synRetries <= 30, "synRetries must be 0 to 30");
    check(synGapNs > 0, "synGapNs must be positive");
    check(giveUpNs > 0, "giveUpNs must be positive");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(timeouts, "timeouts");
    Objects.requireNonNull(limits, "limits");
  }

  private static void check(boolean ok, String message) {
    if (!ok) {
      throw new IllegalArgumentException(message);
    }
  }

  /** The defaults, for a link of MTU 1500 and IPv4. */
  public static TcpConfig defaults() {
    return builder().build();
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same for a link or address family with another segment size. */
  public TcpConfig withMss(int other) {
    return new TcpConfig(
        other, windowScale, pacing, synRetries, synGapNs, giveUpNs, options, timeouts, limits);
  }

  /** The same for a SYN that is sent again so often, with at most so long between two. */
  public TcpConfig withSyns(int retries, long gapNs) {
    return new TcpConfig(
        mss, windowScale, pacing, retries, gapNs, giveUpNs, options, timeouts, limits);
  }

  /**
   * The time that a number of retransmissions take with exponential back-off from a first timeout,
   * as Linux computes it from {@code tcp_retries2}.
   */
  public static long backOffNs(int retries, long firstNs, long maxRtoNs) {
    long total = 0;
    long timeout = firstNs;
    for (int i = 0; i <= retries; i++) {
      total += timeout;
      timeout = Math.min(2 * timeout, maxRtoNs);
    }
    return total;
  }

  /** Collects values for a {@link TcpConfig}; each method sets the component of its name. */
  public static final class Builder {
    private int mss = 1460;
    private int windowScale = 9;
    private boolean pacing;
    private long giveUpNs;
    private TcpOptions options = TcpOptions.defaults();
    private Timeouts timeouts = Timeouts.defaults();
    private Limits limits = Limits.defaults();

    private Builder() {}

    /** Sets {@link TcpConfig#mss()}. */
    public Builder mss(int value) {
      mss = value;
      return this;
    }

    /** Sets {@link TcpConfig#windowScale()}. */
    public Builder windowScale(int value) {
      windowScale = value;
      return this;
    }

    /** Sets {@link TcpConfig#pacing()}. */
    public Builder pacing(boolean value) {
      pacing = value;
      return this;
    }

    /** Sets {@link TcpConfig#giveUpNs()}; else it follows {@link TcpOptions#retries()}. */
    public Builder giveUpNs(long value) {
      giveUpNs = value;
      return this;
    }

    /** Sets {@link TcpConfig#options()}. */
    public Builder options(TcpOptions value) {
      options = value;
      return this;
    }

    /** Changes {@link TcpConfig#options()}. */
    public Builder options(Consumer<TcpOptions.Builder> change) {
      TcpOptions.Builder b = options.toBuilder();
      change.accept(b);
      return options(b.build());
    }

    /** Sets {@link TcpConfig#timeouts()}. */
    public Builder timeouts(Timeouts value) {
      timeouts = value;
      return this;
    }

    /** Sets {@link TcpConfig#limits()}. */
    public Builder limits(Limits value) {
      limits = value;
      return this;
    }

    /** The immutable result; throws {@link IllegalArgumentException} for a value out of range. */
    public TcpConfig build() {
      long retriesNs = backOffNs(options.retries(), timeouts.minRtoNs(), timeouts.maxRtoNs());
      return new TcpConfig(
          mss,
          windowScale,
          pacing,
          options.synRetries(),
          timeouts.maxRtoNs(),
          giveUpNs == 0 ? retriesNs : giveUpNs,
          options,
          timeouts,
          limits);
    }
  }
}
