package org.mptcp4j.link.pcap;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Why an Ethernet interface could not be opened. The message says what happened and what to do;
 * {@link #reason()} is for programs.
 */
public final class PcapException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Reason {
    /** The libpcap library is not installed or cannot be loaded. */
    NO_LIBPCAP,
    /** There is no such interface, or it is down. */
    NO_INTERFACE,
    /** The process may not capture. */
    NO_PERMISSION,
    /** The interface does not carry Ethernet frames. */
    NOT_ETHERNET,
    /** The filter expression does not compile. */
    BAD_FILTER,
    /** Any other error of libpcap. */
    SYSTEM
  }

  private final Reason reason;

  /**
   * An error with its reason.
   *
   * @param reason what went wrong
   * @param message what happened and what to do about it, one line
   * @param cause what lies beneath, may be null
   */
  public PcapException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What went wrong, for programs. */
  public Reason reason() {
    return reason;
  }
}
