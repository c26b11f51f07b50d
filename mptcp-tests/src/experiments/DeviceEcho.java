import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoOps;
import java.io.IOException;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunOptions;

/**
 * A UDP echo straight on a TUN device at 10.7.7.2, by {@code epoll} or by {@code uring}: what the
 * way of doing I/O costs without a stack. Not part of the build; needs netty-transport-classes-io_uring
 * and netty-transport-native-io_uring in the version of the project. As root, in a namespace, against
 * {@code udp-load.c}:
 *
 * <pre>java -cp mptcp-lab.jar:lib/* DeviceEcho.java epoll|uring &amp; ./udp-load 2 -1</pre>
 */
public final class DeviceEcho {
  private static final int LARGEST = 65_587;
  private static final int HEADER = 12;
  private static final byte NOP = 0;
  private static final byte READ = 22;
  private static final byte WRITE = 23;

  /** Runs until it is ended. */
  public static void main(String[] args) throws Exception {
    boolean uring = args[0].equals("uring");
    TunDevice device = TunDevice.open(TunOptions.parse("nio0:10.7.7.2/24"));
    IoHandlerFactory factory = uring ? IoUringIoHandler.newFactory() : EpollIoHandler.newFactory();
    IoEventLoop loop = new MultiThreadIoEventLoopGroup(1, factory).next();
    if (uring) {
      // with O_NONBLOCK a read through the ring answers EAGAIN instead of waiting
      com.sun.jna.Function.getFunction("c", "fcntl").invokeInt(new Object[] {device.fd(), 4, 0});
      ByUring echo = new ByUring(device.fd());
      IoRegistration registration = loop.register(echo).sync().getNow();
      loop.execute(() -> echo.submit(registration, NOP, null, 0));
    } else {
      loop.register(new ByEpoll(device.fd())).sync().getNow().submit(EpollIoOps.EPOLLIN);
    }
    Thread.currentThread().join();
  }

  /** Turns a datagram round; the checksum stays right. Returns whether it was one. */
  private static boolean answer(ByteBuf packet, int length) {
    if (length <= HEADER + 28 || packet.getByte(HEADER) != 0x45 || packet.getByte(HEADER + 9) != 17) {
      return false;
    }
    int source = packet.getInt(HEADER + 12);
    int ports = packet.getInt(HEADER + 20);
    packet.setInt(HEADER + 12, packet.getInt(HEADER + 16)).setInt(HEADER + 16, source);
    packet.setInt(HEADER + 20, ports << 16 | ports >>> 16);
    return true;
  }

  private static ByteBuf buffer() {
    return Unpooled.directBuffer(LARGEST).writerIndex(LARGEST);
  }

  /** Reads until nothing is there, sixteen packets at most. */
  private static final class ByEpoll implements EpollIoHandle {
    private final FileDescriptor fd;
    private final ByteBuf packet = buffer();

    ByEpoll(int fd) {
      this.fd = new FileDescriptor(fd);
    }

    @Override
    public FileDescriptor fd() {
      return fd;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      try {
        for (int i = 0; i < 16; i++) {
          int n = fd.readAddress(packet.memoryAddress(), 0, LARGEST);
          if (n <= 0) {
            return;
          }
          if (answer(packet, n)) {
            fd.writeAddress(packet.memoryAddress(), 0, n);
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {}
  }

  /** Always has one read under way, into the buffer that is not being written. */
  private static final class ByUring implements IoUringIoHandle {
    private final int fd;
    private final ByteBuf[] packets = {buffer(), buffer()};
    private int turn;

    ByUring(int fd) {
      this.fd = fd;
    }

    void submit(IoRegistration to, byte operation, ByteBuf packet, int length) {
      long address = packet == null ? 0 : packet.memoryAddress();
      int on = operation == NOP ? -1 : fd;
      byte no = 0;
      short none = 0;
      to.submit(
          new IoUringIoOps(
              operation, no, none, on, -1L, address, length, 0, operation, none, none, 0, 0L));
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      IoUringIoEvent done = (IoUringIoEvent) event;
      if (done.opcode() == READ) {
        ByteBuf packet = packets[turn];
        if (done.res() < 0) {
          throw new IllegalStateException("read: " + done);
        }
        if (answer(packet, done.res())) {
          submit(registration, WRITE, packet, done.res());
          turn ^= 1;
        }
      }
      if (done.opcode() != WRITE) {
        submit(registration, READ, packets[turn], LARGEST);
      }
    }

    @Override
    public void close() {}
  }
}
