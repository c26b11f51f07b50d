package org.mptcp4j.link.tun;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Why a TUN device could not be opened or configured. The message says what happened and what to
 * do; {@link #reason()} is for programs.
 */
public final class TunException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Reason {
    /**
     * The process lacks CAP_NET_ADMIN for what has to be made or changed, may not open {@code
     * /dev/net/tun}, or is not run by the owner of the device.
     */
    NO_PERMISSION,
    /** {@code /dev/net/tun} is missing, or has no driver behind it. */
    NO_TUN,
    /** Another process holds the device, or the address is taken. */
    IN_USE,
    /** Several queues are wanted of a device that exists and has one. */
    ONE_QUEUE,
    /** The interface name is empty, longer than 15 bytes, or has characters Linux refuses. */
    BAD_NAME,
    /** The address or prefix does not parse or leaves no room for the kernel's side. */
    BAD_ADDRESS,
    /** The MTU is out of range for the device or its addresses. */
    BAD_MTU,
    /** The named network namespace does not exist or may not be entered. */
    NO_NAMESPACE,
    /** This is not a 64-bit Linux system, or its native library could not be loaded. */
    NOT_SUPPORTED,
    /** Any other error of a system call; the message has the call and the error. */
    SYSTEM
  }

  private final Reason reason;

  /**
   * An error with its reason.
   *
   * @param reason what went wrong
   * @param message what happened and what to do about it, one line
   */
  public TunException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * An error with its reason and cause.
   *
   * @param reason what went wrong
   * @param message what happened and what to do about it, one line
   * @param cause what lies beneath
   */
  public TunException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What went wrong, for programs. */
  public Reason reason() {
    return reason;
  }

  /** An error number that no caller expected. */
  static TunException system(String call, int errno) {
    if (errno == LibC.EPERM || errno == LibC.EACCES) {
      return new TunException(
          Reason.NO_PERMISSION,
          call + ": " + LibC.strerror(errno) + "; needs CAP_NET_ADMIN, run as root");
    }
    return new TunException(
        Reason.SYSTEM, call + " failed: " + LibC.strerror(errno) + " (errno " + errno + ")");
  }
}
