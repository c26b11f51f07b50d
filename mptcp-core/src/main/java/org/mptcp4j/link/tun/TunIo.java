package org.mptcp4j.link.tun;

/**
 * Reading and writing the non-blocking file descriptor of a TUN device, the two calls of the data
 * path. Implementations allocate nothing per call. Both return the number of bytes moved, or the
 * negated error number.
 */
public interface TunIo {
  /** Nothing to read now, or no room to write now. */
  int EAGAIN = -LibC.EAGAIN;

  /** Reads one packet. */
  int read(long address, int length);

  /**
   * Writes one packet gathered from several pieces.
   *
   * @param iovAddress an array of {@code struct iovec}: 64-bit address, 64-bit length each
   * @param count how many
   */
  int writev(long iovAddress, int count);
}
