package org.mptcp4j.link.tun;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The C library calls this package needs, by JNA direct mapping. Addresses are {@code long}: only
 * 64-bit Linux is supported. Every call returns what C returns; the error number is {@link
 * #errno()}, valid on the calling thread right after a call that failed.
 */
final class LibC {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int ENXIO = 6;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int ENODEV = 19;
  static final int EINVAL = 22;
  static final int ENOTTY = 25;
  static final int ENOBUFS = 105;
  static final int EADDRNOTAVAIL = 99;

  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int CLONE_NEWNET = 0x40000000;
  static final int AF_NETLINK = 16;
  static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  static final int EFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
  static final short POLLIN = 1;
  static final short POLLOUT = 4;
  static final short POLLERR = 8;

  static {
    Native.register(LibC.class, Platform.C_LIBRARY_NAME);
  }

  private LibC() {}

  static native int open(String path, int flags);

  static native int close(int fd);

  static native int ioctl(int fd, NativeLong request, long argument);

  static native long read(int fd, long address, long length);

  static native long write(int fd, long address, long length);

  static native long writev(int fd, long iovAddress, int count);

  static native int setns(int fd, int type);

  static native int socket(int domain, int type, int protocol);

  static native long send(int fd, long address, long length, int flags);

  static native long recv(int fd, long address, long length, int flags);

  static native int eventfd(int initial, int flags);

  static native int ppoll(long fds, long count, long timeout, long signalMask);

  static native int if_nametoindex(String name);

  static native int geteuid();

  static native String strerror(int errno);

  /** The error number of the last failed call of this thread. */
  static int errno() {
    return Native.getLastError();
  }

  /** Zeroed memory outside the heap in the machine's byte order. */
  static ByteBuffer memory(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** The address of index 0 of {@code memory}; the caller keeps {@code memory} reachable. */
  static long addressOf(ByteBuffer memory) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(memory));
  }
}
