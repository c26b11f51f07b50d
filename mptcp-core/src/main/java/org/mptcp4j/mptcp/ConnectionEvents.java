package org.mptcp4j.mptcp;

/** Bits of {@link MetaSock#takeEvents()}. */
public final class ConnectionEvents {
  /** The handshake finished; both directions carry data. */
  public static final int CONNECTED = 1;

  /** The handshake failed; {@link MetaSock#error()} says why. Nothing follows. */
  public static final int CONNECT_FAILED = 1 << 1;

  /** New bytes can be read. */
  public static final int READABLE = 1 << 2;

  /** The send buffer was full and has room again. */
  public static final int WRITABLE = 1 << 3;

  /** The peer finished sending. */
  public static final int END_OF_STREAM = 1 << 4;

  /** The connection is over; {@link MetaSock#error()} says why. */
  public static final int CLOSED = 1 << 5;

  /** {@link ConnectionNews#path} was told something; not among {@link MetaSock#takeEvents()}. */
  public static final int PATHS_CHANGED = 1 << 6;

  /** Both ends know that they speak MPTCP: {@link Connection#paths} are there. */
  public static final int ESTABLISHED = 1 << 7;

  /** The peer calls data urgent that was not read yet. */
  public static final int URGENT = 1 << 8;

  private ConnectionEvents() {}
}
