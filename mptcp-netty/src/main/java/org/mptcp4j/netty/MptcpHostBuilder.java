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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.OffloadAdapter;
import org.mptcp4j.link.pcap.PcapLink;
import org.mptcp4j.link.pcap.PcapOptions;
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
  private static final Duration LONGEST_SPIN = Duration.ofMillis(1);

  private final List<LinkOpener> openers = new ArrayList<>();
  private StackConfig config = StackConfig.defaultConfig();
  private Consumer<StackBuilder> customizer = builder -> {};
  private IoEventLoop loop;
  private long spinNs;

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
    Objects.requireNonNull(options, "options");
    openers.add(used -> openTun(options, used));
    return this;
  }

  /**
   * Adds an Ethernet interface, through libpcap: addresses of the host's own on a network that
   * exists, portable, and an order of magnitude slower than a TUN device.
   *
   * @param options the interface, and the host's MAC and IP addresses there
   * @return this
   */
  public MptcpHostBuilder pcap(PcapOptions options) {
    Objects.requireNonNull(options, "options");
    openers.add(used -> openPcap(options, used));
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
   * Sets how long the event loop stays awake after each packet, polling without pause, because the
   * next one is expected soon. That saves it the way through the scheduler, and its processor the
   * way out of an idle state, which may take longer than everything else in a round trip; it costs
   * up to a whole processor while packets come, and up to so much processor time for each packet
   * that is not followed by another. When that happens too often it stops by itself and only tries
   * again now and then. Some tens of microseconds are reasonable, if the event loop has a processor
   * of its own. Default: zero, the event loop sleeps at once.
   *
   * @param duration how long, at most a millisecond
   * @return this
   */
  public MptcpHostBuilder spin(Duration duration) {
    if (duration.isNegative() || duration.compareTo(LONGEST_SPIN) > 0) {
      throw new IllegalArgumentException(
          "spin must be zero to " + LONGEST_SPIN + ", but is " + duration);
    }
    spinNs = duration.toNanos();
    return this;
  }

  /**
   * Opens the devices and starts the host.
   *
   * @return the running host
   * @throws IOException when a device cannot be opened, with the reason; nothing is left behind
   * @throws IllegalStateException when no link was added, or the event loop cannot serve one
   */
  public MptcpHost build() throws IOException {
    if (openers.isEmpty()) {
      throw new IllegalStateException("a host needs at least one link: call tun(...) or pcap(...)");
    }
    EventLoopGroup ownGroup = null;
    IoEventLoop used = loop;
    if (used == null) {
      Epoll.ensureAvailability();
      MultiThreadIoEventLoopGroup group =
          new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
      ownGroup = group;
      used = group.next();
    }
    List<OpenLink> open = List.of();
    try {
      open = open(used);
      return startOnLoop(open, used, ownGroup);
    } catch (IOException | RuntimeException | Error failure) {
      open.forEach(link -> link.device().close());
      if (ownGroup != null) {
        ownGroup.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      }
      throw failure;
    }
  }

  private List<OpenLink> open(IoEventLoop used) throws IOException {
    List<OpenLink> open = new ArrayList<>();
    try {
      for (LinkOpener opener : openers) {
        open.add(opener.open(used));
      }
      return open;
    } catch (IOException | RuntimeException | Error failure) {
      open.forEach(link -> link.device().close());
      throw failure;
    }
  }

  private static OpenLink openTun(TunOptions options, IoEventLoop used) throws IOException {
    if (!used.isCompatible(EpollIoHandle.class)) {
      throw new IllegalStateException(
          "TUN devices need an event loop made with EpollIoHandler.newFactory(), not " + used);
    }
    TunDevice device = TunDevice.open(options);
    FileDescriptor fd = new FileDescriptor(device.fd());
    PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    return new OpenLink(
        OffloadAdapter.wrap(new TunLink(device, new EpollTunIo(fd), allocator), allocator),
        new EpollWatch(fd, used),
        device.addresses().stream().map(TunAddress::toString).toList());
  }

  private static OpenLink openPcap(PcapOptions options, IoEventLoop used) throws IOException {
    WakeUpWatch watch = new WakeUpWatch(used);
    return new OpenLink(
        PcapLink.openWithOffloads(
            options, PooledByteBufAllocator.DEFAULT, used.ticker()::nanoTime, watch),
        watch,
        options.addresses().stream().map(a -> a.address() + "/" + a.prefix()).toList());
  }

  private MptcpHost startOnLoop(List<OpenLink> links, IoEventLoop used, EventLoopGroup ownGroup) {
    if (used.inEventLoop()) {
      return start(links, used, ownGroup);
    }
    return used.submit(() -> start(links, used, ownGroup)).syncUninterruptibly().getNow();
  }

  private MptcpHost start(List<OpenLink> links, IoEventLoop used, EventLoopGroup ownGroup) {
    StackBuilder builder =
        MptcpStack.builder().random(new PreparedRandom(new SecureRandom())).config(config);
    customizer.accept(builder);
    for (int i = 0; i < links.size(); i++) {
      builder.link(i, links.get(i).device().mtu());
      for (String address : links.get(i).addresses()) {
        builder.address(i, address);
      }
    }
    MptcpStack stack = builder.build();
    LinkDrive drive = new LinkDrive(stack, used, spinNs);
    MptcpHost host = new MptcpHost(stack, used, drive, config.defaults(), ownGroup);
    for (OpenLink link : links) {
      drive.addPort(new LinkPort(link.device(), link.watch()), host::closeNow);
    }
    used.terminationFuture().addListener(ended -> host.loopGone());
    return host;
  }

  private record OpenLink(LinkDevice device, DeviceWatch watch, List<String> addresses) {}

  @FunctionalInterface
  private interface LinkOpener {
    OpenLink open(IoEventLoop used) throws IOException;
  }
}
