package org.mptcp4j.interop;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.OffloadAdapter;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.link.pcap.PcapLink;
import org.mptcp4j.link.pcap.PcapOptions;
import org.mptcp4j.link.tun.TunAddress;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunLink;
import org.mptcp4j.link.tun.TunLoop;
import org.mptcp4j.link.tun.TunOptions;

/** Our side of an interoperation test: a stack on TUN devices whose other end is in a namespace. */
final class StackHost implements AutoCloseable {
  private final MptcpStack stack;
  private final TunLoop loop;
  private final List<TunLink> links;
  private final BlockingQueue<Transfer> accepted = new LinkedBlockingQueue<>();
  private volatile Consumer<MptcpSocket> acceptor = s -> accepted.add(Transfer.serve(s));

  private StackHost(MptcpStack stack, List<TunLoop.Port> ports, List<TunLink> links)
      throws IOException {
    this.stack = stack;
    this.links = links;
    loop = new TunLoop("stack", stack, ports, this::application);
    loop.start();
  }

  /**
   * A host whose devices are in {@code kernel}.
   *
   * @param devices as {@link TunOptions#parse} reads them, link index in their order
   */
  static StackHost start(Netns kernel, StackConfig config, String... devices) throws IOException {
    return start(kernel, config, UnaryOperator.identity(), UnaryOperator.identity(), devices);
  }

  /**
   * A host whose packets pass through something.
   *
   * @param between gets each link and gives the one that the stack uses in its place
   */
  static StackHost start(
      Netns kernel, StackConfig config, UnaryOperator<LinkDevice> between, String... devices)
      throws IOException {
    List<TunOptions> options = new ArrayList<>();
    for (String device : devices) {
      options.add(TunOptions.parse(device).withNamespace(kernel.name()));
    }
    return start(config, between, UnaryOperator.identity(), options);
  }

  /**
   * A host whose packets pass through something.
   *
   * @param more is applied to the builder of its stack
   */
  static StackHost start(
      Netns kernel,
      StackConfig config,
      UnaryOperator<LinkDevice> between,
      UnaryOperator<StackBuilder> more,
      String... devices)
      throws IOException {
    List<TunOptions> options = new ArrayList<>();
    for (String device : devices) {
      options.add(TunOptions.parse(device).withNamespace(kernel.name()));
    }
    return start(config, between, more, options);
  }

  static StackHost start(StackConfig config, List<TunOptions> devices) throws IOException {
    return start(config, UnaryOperator.identity(), UnaryOperator.identity(), devices);
  }

  private static StackHost start(
      StackConfig config,
      UnaryOperator<LinkDevice> between,
      UnaryOperator<StackBuilder> more,
      List<TunOptions> devices)
      throws IOException {
    List<TunLink> links = new ArrayList<>();
    List<TunLoop.Port> ports = new ArrayList<>();
    StackBuilder builder = MptcpStack.builder().config(config).random(new SecureRandom());
    for (TunOptions options : devices) {
      TunDevice device = TunDevice.open(options);
      TunLink link = new TunLink(device, PooledByteBufAllocator.DEFAULT);
      LinkDevice whole = OffloadAdapter.wrap(link, PooledByteBufAllocator.DEFAULT);
      LinkDevice used = between.apply(whole);
      builder.link(links.size(), used.mtu());
      for (TunAddress address : device.addresses()) {
        builder.address(links.size(), address.toString());
      }
      links.add(link);
      ports.add(new TunLoop.Port(used, device.fd()));
    }
    return new StackHost(more.apply(builder).build(), ports, links);
  }

  /** A host on Ethernet interfaces of this namespace. */
  static StackHost startOnEthernet(StackConfig config, List<PcapOptions> interfaces)
      throws IOException {
    AtomicReference<TunLoop> loop = new AtomicReference<>();
    Runnable readable = () -> Optional.ofNullable(loop.get()).ifPresent(TunLoop::wakeup);
    List<TunLoop.Port> ports = new ArrayList<>();
    StackBuilder builder = MptcpStack.builder().config(config).random(new SecureRandom());
    for (PcapOptions options : interfaces) {
      LinkDevice link =
          PcapLink.openWithOffloads(
              options, PooledByteBufAllocator.DEFAULT, System::nanoTime, readable);
      builder.link(ports.size(), link.mtu());
      for (IpPrefix own : options.addresses()) {
        builder.address(ports.size(), own.toString());
      }
      ports.add(new TunLoop.Port(link, -1));
    }
    StackHost host = new StackHost(builder.build(), ports, List.of());
    loop.set(host.loop);
    return host;
  }

  private void application() {
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      if (event.type() == StackEvent.Type.ACCEPTABLE) {
        accept(event.server());
      } else if (event.socket().attachment() instanceof SocketApp app) {
        app.onEvent(event);
      }
    }
  }

  private void accept(MptcpServerSocket server) {
    for (MptcpSocket s = server.accept(); s != null; s = server.accept()) {
      acceptor.accept(s);
    }
  }

  /** Runs a task on the loop and waits for it. */
  <T> T call(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            result.complete(task.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return await(result, 10);
  }

  /** Waits for a result of the loop. */
  <T> T await(CompletableFuture<T> result, int seconds) {
    try {
      return result.get(Patience.seconds(seconds), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "nothing for "
              + Patience.seconds(seconds)
              + " s; loop "
              + loop.failure()
              + "; "
              + describe(),
          e);
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** What there is, for the message of a test that failed. */
  private String describe() {
    CompletableFuture<String> text = new CompletableFuture<>();
    loop.execute(() -> text.complete(stack.connections() + " " + stack.counters() + links));
    return text.completeOnTimeout("the loop hangs", Patience.seconds(5), TimeUnit.SECONDS).join();
  }

  /** From now on accepted sockets go there, on the loop's thread. */
  void onAccept(Consumer<MptcpSocket> other) {
    acceptor = other;
  }

  /** Connects, and exchanges bytes with the other end. */
  Exchange exchange(String host, int port, byte[] bytes) {
    InetSocketAddress remote = new InetSocketAddress(host, port);
    return call(
        () ->
            Exchange.of(stack.connect(System.nanoTime(), remote, SocketOptions.defaults()), bytes));
  }

  /** Connects, and asks an echo server for rounds. */
  Rounds rounds(String host, int port) {
    InetSocketAddress remote = new InetSocketAddress(host, port);
    return call(
        () -> Rounds.of(stack.connect(System.nanoTime(), remote, SocketOptions.defaults())));
  }

  /** Connects and starts a transfer. */
  Transfer connect(String host, int port, Function<MptcpSocket, Transfer> kind) {
    return connect(host, port, SocketOptions.defaults(), kind);
  }

  /** Connects and starts a transfer. */
  Transfer connect(
      String host, int port, SocketOptions options, Function<MptcpSocket, Transfer> kind) {
    InetSocketAddress remote = new InetSocketAddress(host, port);
    return call(() -> kind.apply(stack.connect(System.nanoTime(), remote, options)));
  }

  /** Listens on every address. */
  void listen(int port) {
    call(() -> stack.listen(new InetSocketAddress(port), 64));
  }

  /** The next connection that was accepted. */
  Transfer accepted() {
    try {
      Transfer next = accepted.poll(Patience.seconds(10), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no connection came in; " + describe());
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The result of a transfer. */
  Transfer.Result result(Transfer transfer, int seconds) {
    return await(transfer.done(), seconds);
  }

  Map<String, Long> counters() {
    return call(stack::counters);
  }

  MptcpStack stack() {
    return stack;
  }

  TunLink link(int index) {
    return links.get(index);
  }

  /** What ended the loop, null while all is well. */
  Throwable failure() {
    return loop.failure();
  }

  @Override
  public void close() {
    if (loop.failure() == null) {
      call(
          () -> {
            stack.close();
            return null;
          });
    }
    loop.close();
  }
}
