package org.mptcp4j.lab.traffic;

import java.util.Optional;

/** What the first byte of a connection asks of the server: the load protocol. */
public enum LoadMode {
  /** The server reads everything and says nothing. */
  SINK('S'),
  /** The server sends until the client closes. */
  SOURCE('G'),
  /** The server sends back what it gets. */
  ECHO('R'),
  /** The server sends one byte, then the client closes. */
  CONNECT('C'),
  /** The server sends one byte, then the connection stays idle. */
  IDLE('I'),
  /**
   * The server reads until the client has closed its half, sends the SHA-256 of what came, and
   * closes.
   */
  HASH('H'),
  /**
   * The client sends a number in eight bytes, the most significant first; the server sends so many
   * random bytes, and then the SHA-256 of them.
   */
  HASHED_SOURCE('D');

  private final byte code;

  LoadMode(char code) {
    this.code = (byte) code;
  }

  /** The first byte of a connection of this mode. */
  public byte code() {
    return code;
  }

  /** The mode that a connection's first byte stands for; empty for any other byte. */
  public static Optional<LoadMode> of(byte code) {
    for (LoadMode mode : values()) {
      if (mode.code == code) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }
}
