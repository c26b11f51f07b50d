package org.mptcp4j.link.tun;

/** {@link TunIo} through JNA direct mapping. */
public final class JnaTunIo implements TunIo {
  private final int fd;

  /** For an open descriptor, which stays the caller's to close. */
  public JnaTunIo(int fd) {
    this.fd = fd;
  }

  @Override
  public int read(long address, int length) {
    int n;
    do {
      n = (int) LibC.read(fd, address, length);
      if (n >= 0) {
        return n;
      }
      n = -LibC.errno();
    } while (n == -LibC.EINTR);
    return n;
  }

  @Override
  public int writev(long iovAddress, int count) {
    int n;
    do {
      n = (int) LibC.writev(fd, iovAddress, count);
      if (n >= 0) {
        return n;
      }
      n = -LibC.errno();
    } while (n == -LibC.EINTR);
    return n;
  }
}
