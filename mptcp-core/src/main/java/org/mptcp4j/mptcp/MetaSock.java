package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.api.SocketError;

/**
 * {@code meta_sk}: the data level of a connection, and what the application is always linked to,
 * whether the peer speaks MPTCP or not. After any of its verbs the driver polls {@link
 * Connection#pollTransmit}, which carries them out.
 */
public final class MetaSock {

  MetaSock(ConnectionConfig config) {}

  /**
   * Takes ownership of a buffer and sends its readable bytes. After {@link #shutdownOutput()} or the
   * end of the connection they are released and lost.
   *
   * @return whether there is room for more
   */
  public boolean write(ByteBuf buf) {
    buf.release();
    return false;
  }

  /** Bytes that may be written before {@link #write} returns false. */
  public long writableBytes() {
    return 0;
  }

  /** Bytes written and not given to a subflow yet. */
  public long unsentBytes() {
    return 0;
  }

  /** Next piece in order, owned by the caller; null when there is none. */
  public ByteBuf read() {
    return null;
  }

  /** Bytes that {@link #read()} would return now. */
  public long readableBytes() {
    return 0;
  }

  /** Whether the peer finished sending and everything was read. */
  public boolean endOfStream() {
    return false;
  }

  /** No more will be written: DATA_FIN, or FIN, follows what was. Repeated calls do nothing. */
  public void shutdownOutput() {}

  /** Whether {@link #shutdownOutput()} or {@link #close()} was called. */
  public boolean outputShutDown() {
    return false;
  }

  /** Closes both directions: in order, or at once when unread data would be lost. */
  public void close() {}

  /** Ends the connection at once, with MP_FASTCLOSE or RST. */
  public void abort() {}

  /** Why the connection is over, NONE while it is not or when it ended in order. */
  public SocketError error() {
    return SocketError.NONE;
  }

  /** State of the connection at the data level. */
  public MetaState state() {
    return MetaState.CLOSED;
  }
}
