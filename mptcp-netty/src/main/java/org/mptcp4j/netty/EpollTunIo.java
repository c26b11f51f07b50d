package org.mptcp4j.netty;

import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunIo;

/** Reads and writes a TUN descriptor through Netty's JNI calls, the fastest that Java 17 has. */
final class EpollTunIo implements TunIo {
  private static final int EIO = 5;

  private final FileDescriptor fd;

  /** Reads and writes one queue of the device. */
  EpollTunIo(TunDevice device, int queue) {
    fd = new FileDescriptor(device.fd(queue));
  }

  @Override
  public int read(long address, int length) {
    try {
      int read = fd.readAddress(address, 0, length);
      if (read > 0) {
        return read;
      }
      return read == 0 ? EAGAIN : -EIO; // Netty turns EAGAIN into 0 and the end of the file into -1
    } catch (IOException e) {
      return errno(e);
    }
  }

  @Override
  public int writev(long iovAddress, int count) {
    try {
      int written = (int) fd.writevAddresses(iovAddress, count);
      return written > 0 ? written : EAGAIN;
    } catch (IOException e) {
      return errno(e);
    }
  }

  private static int errno(IOException failure) {
    return failure instanceof NativeIoException nativeFailure ? nativeFailure.expectedErr() : -EIO;
  }
}
