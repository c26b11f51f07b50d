package org.mptcp4j.netty;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackGroup;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.OffloadAdapter;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.link.pcap.PcapLink;
import org.mptcp4j.link.pcap.PcapOptions;
import org.mptcp4j.link.tun.TunAddress;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunException;
import org.mptcp4j.link.tun.TunIo;
import org.mptcp4j.link.tun.TunLink;
import org.mptcp4j.link.tun.TunOptions;

/**
 * Collects what an {@link MptcpHost} on TUN devices is made of. Not thread-safe, to be used once.
 */
public final class MptcpHostBuilder {
  private static final Duration LONGEST_SPIN = Duration.ofMillis(1);

  private final List<LinkOpener> openers = new ArrayList<>();
  private StackConfig config = StackConfig.defaults();
  private Consumer<StackBuilder> customizer = builder -> {};
  private long spinNs;
  private List<IoEventLoop> loops = List.of();
  private int ownLoops = 1;
  private Duration linger = MptcpHost.LINGER;
  private TunIoFactory tunIo = EpollTunIo::new;

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
   * Adds a TUN device. It gets a queue for each event loop of the host, whatever the options say.
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
   * exists, portable, and an order of magnitude slower than a TUN device. For hosts of one event
   * loop only.
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
   * Sets what can be chosen for the whole stack. Default: {@link StackConfig#defaults()}.
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
   * @param refine called once for each stack, by {@link #build()}
   * @return this
   */
  public MptcpHostBuilder stack(Consumer<StackBuilder> refine) {
    customizer = Objects.requireNonNull(refine, "refine");
    return this;
  }

  /**
   * Sets how long the end of the host, or of its event loop, waits at most until what closed
   * channels have written is delivered; the rest is reset. Default: 3 seconds.
   *
   * @param duration zero for not at all
   * @return this
   */
  public MptcpHostBuilder closeLinger(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("closeLinger must not be negative, but is " + duration);
    }
    linger = duration;
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
    return eventLoops(List.of(eventLoop));
  }

  /**
   * Sets several event loops: the host has a stack on each, a queue of every TUN device for each,
   * and all its addresses on all of them. Limits of the configuration are those of one stack, and
   * the range of ephemeral ports is divided among them.
   *
   * @param eventLoops different ones, as {@link #eventLoop} wants them
   * @return this
   * @throws IllegalArgumentException when there are none, or one twice
   */
  public MptcpHostBuilder eventLoops(List<IoEventLoop> eventLoops) {
    if (eventLoops.isEmpty() || Set.copyOf(eventLoops).size() < eventLoops.size()) {
      throw new IllegalArgumentException("give each event loop once, not " + eventLoops);
    }
    loops = List.copyOf(eventLoops);
    return this;
  }

  /**
   * Sets how long an event loop stays awake after each packet, polling without pause, because the
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
   * Gives the host so many event loops of its own, which end with it; see {@link
   * #eventLoops(List)}. Default: 1.
   *
   * @param count at least 1
   * @return this
   * @throws IllegalArgumentException when it is less than 1
   */
  public MptcpHostBuilder eventLoops(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("a host has at least one event loop, not " + count);
    }
    loops = List.of();
    ownLoops = count;
    return this;
  }

  /**
   * Chooses how the queues of TUN devices are read and written. Default: the JNI calls of Netty's
   * epoll transport, the fastest that Java 17 has.
   *
   * @param factory called once for each queue, by {@link #build()}
   * @return this
   */
  public MptcpHostBuilder tunIo(TunIoFactory factory) {
    tunIo = Objects.requireNonNull(factory, "factory");
    return this;
  }

  /** Makes what reads and writes one queue of a TUN device. */
  @FunctionalInterface
  public interface TunIoFactory {
    /**
     * Makes it.
     *
     * @param device open; closed by the host
     * @param queue counted from 0
     * @return non-blocking, used on one event loop
     */
    TunIo make(TunDevice device, int queue);
  }

  /**
   * Opens the devices and starts the host.
   *
   * @return the running host
   * @throws IOException when a device cannot be opened, with the reason; nothing is left behind
   * @throws IllegalStateException when no link was added, or an event loop cannot serve one
   */
  public MptcpHost build() throws IOException {
    if (openers.isEmpty()) {
      throw new IllegalStateException("a host needs at least one link: call tun(...) or pcap(...)");
    }
    if (loops.size() > 1 && loops.stream().anyMatch(IoEventLoop::inEventLoop)) {
      throw new IllegalStateException(
          "a host of several event loops cannot be built on one of them");
    }
    @Nullable EventLoopGroup ownGroup = null;
    List<IoEventLoop> used = loops;
    if (used.isEmpty()) {
      Epoll.ensureAvailability();
      ownGroup = new MultiThreadIoEventLoopGroup(ownLoops, EpollIoHandler.newFactory());
      used = new ArrayList<>();
      for (EventExecutor loop : ownGroup) {
        used.add((IoEventLoop) loop);
      }
    }
    try {
      return start(open(used), used, ownGroup);
    } catch (IOException | RuntimeException | Error failure) {
      if (ownGroup != null) {
        ownGroup.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      }
      throw failure;
    }
  }

  private List<OpenLink> open(List<IoEventLoop> used) throws IOException {
    List<OpenLink> open = new ArrayList<>();
    try {
      for (LinkOpener opener : openers) {
        open.add(opener.open(used));
      }
      return open;
    } catch (IOException | RuntimeException | Error failure) {
      open.forEach(OpenLink::close);
      throw failure;
    }
  }

  private OpenLink openTun(TunOptions options, List<IoEventLoop> used) throws IOException {
    for (IoEventLoop loop : used) {
      if (!loop.isCompatible(EpollIoHandle.class)) {
        throw new IllegalStateException(
            "TUN devices need an event loop made with EpollIoHandler.newFactory(), not " + loop);
      }
    }
    TunDevice device = TunDevice.open(options.withQueues(used.size()));
    PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    List<LinkPort> ports = new ArrayList<>();
    try {
      for (int queue = 0; queue < used.size(); queue++) {
        TunIo io = tunIo.make(device, queue);
        LinkDevice link = OffloadAdapter.wrap(new TunLink(device, queue, io, allocator), allocator);
        FileDescriptor fd = new FileDescriptor(device.fd(queue));
        ports.add(new LinkPort(link, new EpollWatch(fd, used.get(queue))));
      }
    } catch (RuntimeException | Error failure) {
      ports.forEach(LinkPort::stop);
      device.close();
      throw failure;
    }
    return new OpenLink(
        ports, device.mtu(), device.addresses().stream().map(TunAddress::prefix).toList());
  }

  private static OpenLink openPcap(PcapOptions options, List<IoEventLoop> used) throws IOException {
    if (used.size() > 1) {
      throw new IllegalStateException(
          "an interface used through libpcap has one queue: a host on "
              + used.size()
              + " event loops needs TUN devices");
    }
    IoEventLoop loop = used.get(0);
    WakeUpWatch watch = new WakeUpWatch(loop);
    LinkDevice device =
        PcapLink.openWithOffloads(
            options, PooledByteBufAllocator.DEFAULT, loop.ticker()::nanoTime, watch);
    return new OpenLink(List.of(new LinkPort(device, watch)), device.mtu(), options.addresses());
  }

  private MptcpHost start(
      List<OpenLink> links, List<IoEventLoop> used, @Nullable EventLoopGroup ownGroup) {
    List<Inbox> inboxes = used.size() == 1 ? List.of() : used.stream().map(Inbox::new).toList();
    StackGroup group = StackGroup.of(used.size(), new SecureRandom());
    List<StackLoop> stacks = new ArrayList<>();
    try {
      List<LinkDrive> drives = new ArrayList<>();
      for (int i = 0; i < used.size(); i++) {
        StackBuilder builder = builder(links);
        MptcpStack stack = (used.size() == 1 ? builder : builder.member(group, i)).build();
        LinkDrive drive = new LinkDrive(stack, used.get(i), spinNs);
        if (used.size() > 1) {
          drive.join(new Crossing(inboxes, i));
        }
        drives.add(drive);
        stacks.add(new StackLoop(stack, used.get(i), drive, linger));
      }
      MptcpHost host = new MptcpHost(stacks, inboxes, config.sockets(), ownGroup);
      for (int i = 0; i < used.size(); i++) {
        int index = i;
        Runnable ends = () -> host.loopEnds(stacks.get(index));
        on(
            used.get(i),
            () -> {
              stacks.get(index).whenLoopEnds(ends);
              serve(links, index, drives.get(index), ends);
            });
        used.get(i).terminationFuture().addListener(ended -> ends.run());
      }
      return host;
    } catch (RuntimeException | Error failure) {
      try {
        stacks.forEach(MptcpHostBuilder::close);
      } finally {
        links.forEach(OpenLink::close);
      }
      throw failure;
    }
  }

  private static void close(StackLoop stack) {
    try {
      on(stack.eventLoop(), stack::close);
    } catch (RejectedExecutionException ended) {
      stack.closeAfterLoop(); // what is left of it is closed here
    }
  }

  private StackBuilder builder(List<OpenLink> links) {
    StackBuilder builder =
        MptcpStack.builder().random(new PreparedRandom(new SecureRandom())).config(config);
    customizer.accept(builder);
    for (int i = 0; i < links.size(); i++) {
      builder.link(i, links.get(i).mtu());
      for (IpPrefix address : links.get(i).addresses()) {
        builder.address(i, address);
      }
    }
    return builder;
  }

  private static void serve(List<OpenLink> links, int queue, LinkDrive drive, Runnable loopEnds) {
    for (OpenLink link : links) {
      drive.addPort(link.queues().get(queue), loopEnds);
    }
  }

  private static void on(IoEventLoop loop, Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.submit(task).syncUninterruptibly();
    }
  }

  /** A link with a port for each event loop. */
  private record OpenLink(List<LinkPort> queues, int mtu, List<IpPrefix> addresses) {
    void close() {
      queues.forEach(LinkPort::stop);
    }
  }

  @FunctionalInterface
  private interface LinkOpener {
    OpenLink open(List<IoEventLoop> used) throws IOException;
  }
}
