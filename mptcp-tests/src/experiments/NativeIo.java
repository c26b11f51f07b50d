import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.mptcp4j.link.tun.JnaTunIo;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunIo;
import org.mptcp4j.link.tun.TunOptions;

/**
 * Nanoseconds for each call on a TUN descriptor: a read that finds nothing, and a writev of a
 * packet that the kernel drops at once because of its header checksum. Java 22 or newer; not part
 * of the build. As root, in a namespace without anything else:
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp mptcp-lab.jar NativeIo.java</pre>
 */
public final class NativeIo {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final FunctionDescriptor READ =
      FunctionDescriptor.of(
          ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
  private static final FunctionDescriptor WRITEV =
      FunctionDescriptor.of(
          ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final Linker.Option CRITICAL = Linker.Option.critical(false);
  private static final MethodHandle FFM_READ = call("read", READ, ERRNO);
  private static final MethodHandle FFM_WRITEV = call("writev", WRITEV, ERRNO);
  private static final MethodHandle CRITICAL_READ = call("read", READ, CRITICAL);
  private static final MethodHandle CRITICAL_WRITEV = call("writev", WRITEV, CRITICAL);
  private static final MemorySegment STATE =
      Arena.global().allocate(Linker.Option.captureStateLayout());
  private static final VarHandle STATE_ERRNO =
      Linker.Option.captureStateLayout()
          .varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final int CALLS = 400_000;
  private static final int ROUNDS = 8;
  private static long sum;

  private static MethodHandle call(String name, FunctionDescriptor type, Linker.Option option) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), type, option);
  }

  /** Netty's JNI calls, as in the product. */
  private record Jni(FileDescriptor fd) implements TunIo {
    @Override
    public int read(long address, int length) {
      try {
        int n = fd.readAddress(address, 0, length);
        return n > 0 ? n : EAGAIN;
      } catch (IOException e) {
        return -5;
      }
    }

    @Override
    public int writev(long iovAddress, int count) {
      try {
        int n = (int) fd.writevAddresses(iovAddress, count);
        return n > 0 ? n : EAGAIN;
      } catch (IOException e) {
        return -5;
      }
    }
  }

  /** java.lang.foreign with errno. */
  private record Ffm(int fd) implements TunIo {
    @Override
    public int read(long address, int length) {
      try {
        return result((long) FFM_READ.invokeExact(STATE, fd, address, (long) length));
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public int writev(long iovAddress, int count) {
      try {
        return result((long) FFM_WRITEV.invokeExact(STATE, fd, iovAddress, count));
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    private static int result(long n) {
      return n >= 0 ? (int) n : -(int) STATE_ERRNO.get(STATE, 0L);
    }
  }

  /** Without a change of the thread's state: garbage collection waits for each call; no errno. */
  private record FfmCritical(int fd) implements TunIo {
    @Override
    public int read(long address, int length) {
      try {
        long n = (long) CRITICAL_READ.invokeExact(fd, address, (long) length);
        return n >= 0 ? (int) n : EAGAIN;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public int writev(long iovAddress, int count) {
      try {
        long n = (long) CRITICAL_WRITEV.invokeExact(fd, iovAddress, count);
        return n >= 0 ? (int) n : EAGAIN;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }

  private static double readNs(TunIo io, long buffer) {
    long startNs = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      sum += io.read(buffer, 65_587);
    }
    return (System.nanoTime() - startNs) / (double) CALLS;
  }

  private static double writevNs(TunIo io, long iov) {
    long startNs = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      sum += io.writev(iov, 3);
    }
    return (System.nanoTime() - startNs) / (double) CALLS;
  }

  /** Prints the best of some rounds. */
  public static void main(String[] args) throws Exception {
    io.netty.channel.epoll.Epoll.ensureAvailability();
    TunDevice device = TunDevice.open(TunOptions.parse("nio0:10.7.7.2/24"));
    MemorySegment buffer = Arena.global().allocate(70_000, 64);
    MemorySegment packet = Arena.global().allocate(256, 64);
    MemorySegment iov = Arena.global().allocate(48, 16);
    byte[] ip = {0x45, 0, 0, (byte) 144, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 7, 7, 2, 10, 7, 7, 1};
    MemorySegment.copy(ip, 0, packet, ValueLayout.JAVA_BYTE, 16, ip.length);
    long[] pieces = {packet.address(), 12, packet.address() + 16, 80, packet.address() + 96, 64};
    for (int i = 0; i < pieces.length; i++) {
      iov.setAtIndex(ValueLayout.JAVA_LONG, i, pieces[i]);
    }
    String[] names = {"Netty JNI", "JNA", "FFM", "FFM critical"};
    TunIo[] ways = {
      new Jni(new FileDescriptor(device.fd())),
      new JnaTunIo(device.fd()),
      new Ffm(device.fd()),
      new FfmCritical(device.fd())
    };
    while (ways[0].read(buffer.address(), 65_587) > 0) {
      sum++; // what the kernel says when an interface comes up
    }
    double[][] bestNs = new double[ways.length][];
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < ways.length; i++) {
        double[] ns = {readNs(ways[i], buffer.address()), writevNs(ways[i], iov.address())};
        double[] best = bestNs[i] == null ? ns : bestNs[i];
        bestNs[i] = new double[] {Math.min(ns[0], best[0]), Math.min(ns[1], best[1])};
      }
    }
    for (int i = 0; i < ways.length; i++) {
      System.out.printf("%-14s read %4.0f ns, writev %4.0f ns%n", names[i], bestNs[i][0], bestNs[i][1]);
    }
    device.close();
  }
}
