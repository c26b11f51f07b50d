package org.mptcp4j.lab.console;

/**
 * A command cannot go on, and its message is the one line that the user sees. The message says what
 * was wrong and, where that is not obvious, what to do about it. Printed without a stack trace; the
 * command then exits with {@link #exitCode()}.
 */
public final class LabException extends RuntimeException {
  /** The command ran and failed: the peer refused, the hashes differ, a device is missing. */
  public static final int FAILED = 1;

  /** The command line itself is wrong. The same code as picocli's own parse errors. */
  public static final int USAGE = 2;

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private LabException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** What was asked for could not be done. */
  public static LabException failed(String message) {
    return new LabException(FAILED, message, null);
  }

  /** What was asked for could not be done, because of {@code cause}. */
  public static LabException failed(String message, Throwable cause) {
    return new LabException(FAILED, message, cause);
  }

  /** The command line makes no sense. */
  public static LabException usage(String message) {
    return new LabException(USAGE, message, null);
  }

  /**
   * Checks a number of the command line.
   *
   * @param name how it is called there
   * @throws LabException when it is out of its range
   */
  public static void requireRange(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw usage(name + " must be " + least + " to " + most + ", not " + value);
    }
  }

  /** The exit code of the process. */
  public int exitCode() {
    return exitCode;
  }
}
