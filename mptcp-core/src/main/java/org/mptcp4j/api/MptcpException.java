package org.mptcp4j.api;

import java.io.IOException;
import java.util.Objects;

/**
 * An operation could not be started for a reason that lies outside the program: no route, address
 * in use, limit reached. {@link #error()} says which; what happens later on a socket is reported by
 * {@link StackEvent}, not by this exception.
 */
public class MptcpException extends IOException {
  private static final long serialVersionUID = 1L;

  private final SocketError error;

  /**
   * Creates the exception.
   *
   * @param error the reason
   * @param detail what was attempted, for example {@code "listen on 10.0.0.1:80"}
   */
  public MptcpException(SocketError error, String detail) {
    super(detail + ": " + error.description());
    this.error = Objects.requireNonNull(error, "error");
  }

  /**
   * The reason.
   *
   * @return never {@link SocketError#NONE}
   */
  public SocketError error() {
    return error;
  }
}
