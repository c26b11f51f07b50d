package org.mptcp4j.pm;

/**
 * What is said to the other end when a subflow is reset: MP_TCPRST (RFC 8684 section 3.6).
 *
 * @param reason one of the constants, or another value of 0 to 255
 * @param isTransient flag T: the condition may be temporary
 */
public record PeerReset(int reason, boolean isTransient) {
  /** Unspecified error. */
  public static final int UNSPECIFIED = 0;

  /** MPTCP-specific error. */
  public static final int MPTCP_ERROR = 1;

  /** Lack of resources. */
  public static final int LACK_OF_RESOURCES = 2;

  /** Administratively prohibited. */
  public static final int PROHIBITED = 3;

  /** Too much outstanding data. */
  public static final int TOO_MUCH_OUTSTANDING = 4;

  /** Unacceptable performance. */
  public static final int UNACCEPTABLE_PERFORMANCE = 5;

  /** Middlebox interference. */
  public static final int MIDDLEBOX = 6;

  /** Checks the reason. */
  public PeerReset {
    if (reason < 0 || reason > 255) {
      throw new IllegalArgumentException("a reason for a reset is 0 to 255, not " + reason);
    }
  }
}
