package org.mptcp4j.netty;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.tun.TunAddress;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunException;
import org.mptcp4j.link.tun.TunLink;
import org.mptcp4j.link.tun.TunOptions;
import org.mptcp4j.stack.MptcpStack;
import org.mptcp4j.stack.StackBuilder;

/**
 * Collects what an {@link MptcpHost} on TUN devices is made of. Not thread-safe, to be used once.
 */
public final class MptcpHostBuilder {
  private final List<TunOptions> tuns = new ArrayList<>();
  private StackConfig config = StackConfig.defaultConfig();
  private Consumer<StackBuilder> customizer = builder -> {};
  private IoEventLoop loop;

  MptcpHostBuilder() {}

  /**
   * Adds a TUN device. The kernel's side gets the first other address of each prefix.
   *
   * @param text {@code NAME:ADDRESS/PREFIX[,ADDRESS/PREFIX...]}, for example {@code
   *     "tun0:10.0.1.2/24,fd00:1::2/64"}: the name of the device and the host's addresses on it
   * @return this
   * @throws TunException when it does not parse, with the reason
   */
  public MptcpHostBuilder tun(String text) throws TunException {
    return tun(TunOptions.parse(text));
  }

  /**
   * Adds a TUN device.
   *
   * @param options its name, addresses and settings
   * @return this
   */
  public MptcpHostBuilder tun(TunOptions options) {
    tuns.add(Objects.requireNonNull(options, "options"));
    return this;
  }

  /**
   * Sets what can be chosen for the whole stack. Default: {@link StackConfig#defaultConfig()}.
   *
   * @param stackConfig the configuration
   * @return this
   */
  public MptcpHostBuilder config(StackConfig stackConfig) {
    config = Objects.requireNonNull(stackConfig, "config");
    return this;
  }

  /**
   * Refines the stack beyond its configuration: packet scheduler, path manager, source of
   * randomness. Links and addresses come from the devices.
   *
   * @param refine called once, by {@link #build()}
   * @return this
   */
  public MptcpHostBuilder stack(Consumer<StackBuilder> refine) {
    customizer = Objects.requireNonNull(refine, "refine");
    return this;
  }

  /**
   * Sets the event loop, one of a {@code MultiThreadIoEventLoopGroup} with {@code
   * EpollIoHandler.newFactory()}. Default: an event loop of the host's own, which ends with it.
   *
   * @param eventLoop the event loop, for example {@code (IoEventLoop) group.next()}
   * @return this
   */
  public MptcpHostBuilder eventLoop(IoEventLoop eventLoop) {
    loop = Objects.requireNonNull(eventLoop, "eventLoop");
    return this;
  }

  /**
   * Opens the devices and starts the host.
   *
   * @return the running host
   * @throws TunException when a device cannot be opened, with the reason; nothing is left behind
   * @throws IllegalStateException when no device was added, or the event loop is not one that uses
   *     epoll
   */
  public MptcpHost build() throws IOException {
    if (tuns.isEmpty()) {
      throw new IllegalStateException("a host needs at least one TUN device: call tun(...)");
    }
    Epoll.ensureAvailability();
    if (loop != null && !loop.isCompatible(EpollIoHandle.class)) {
      throw new IllegalStateException(
          "TUN devices need an event loop made with EpollIoHandler.newFactory(), not " + loop);
    }
    List<TunDevice> devices = open();
    EventLoopGroup ownGroup =
        loop == null ? new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()) : null;
    IoEventLoop used = loop == null ? (IoEventLoop) ownGroup.next() : loop;
    return start(devices, used, ownGroup);
  }

  private List<TunDevice> open() throws TunException {
    List<TunDevice> devices = new ArrayList<>();
    try {
      for (TunOptions options : tuns) {
        devices.add(TunDevice.open(options));
      }
      return devices;
    } catch (TunException | RuntimeException | Error failure) {
      devices.forEach(TunDevice::close);
      throw failure;
    }
  }

  private MptcpHost start(List<TunDevice> devices, IoEventLoop used, EventLoopGroup ownGroup) {
    StackBuilder builder = MptcpStack.builder().random(new SecureRandom()).config(config);
    customizer.accept(builder);
    for (int i = 0; i < devices.size(); i++) {
      builder.link(i, devices.get(i).mtu());
      for (TunAddress address : devices.get(i).addresses()) {
        builder.address(i, address.toString());
      }
    }
    MptcpStack stack = builder.build();
    LinkDrive drive = new LinkDrive(stack, used);
    MptcpHost host = new MptcpHost(stack, used, drive, config.defaults(), ownGroup);
    for (int i = 0; i < devices.size(); i++) {
      TunDevice device = devices.get(i);
      FileDescriptor fd = new FileDescriptor(device.fd());
      LinkPort port =
          new LinkPort(
              i,
              new TunLink(device, new EpollTunIo(fd), PooledByteBufAllocator.DEFAULT),
              fd,
              drive,
              host::closeNow);
      drive.addPort(port);
      port.register(used).syncUninterruptibly();
    }
    return host;
  }
}
