package org.mptcp4j.link.host;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.OffloadAdapter;
import org.mptcp4j.link.tun.TunAddress;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunException;
import org.mptcp4j.link.tun.TunLink;
import org.mptcp4j.link.tun.TunLoop;
import org.mptcp4j.link.tun.TunOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stack on TUN devices, and the thread that drives it.
 *
 * <pre>{@code
 * TunHost host = TunHost.builder().tun("mp0:10.9.1.2/24").application(this::onEvent).build();
 * host.call((nowNs, stack) -> stack.listen(new InetSocketAddress(7), 128)).join();
 * }</pre>
 *
 * <p>Everything of the stack happens on that thread, which is a daemon; other threads hand their
 * work over by {@link #call} and {@link #execute}.
 */
public final class TunHost implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TunHost.class);

  /** How long {@link #close} waits beyond the time given to connections. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** What the host is for. */
  @FunctionalInterface
  public interface Application {
    /**
     * Something happened. On the host's thread.
     *
     * <p>When this throws, that is logged and the host goes on: the socket of the event is aborted,
     * and its peer hears of that by a reset. For {@link StackEvent.Type#ACCEPTABLE} these are the
     * connections that were not accepted yet.
     *
     * @param nowNs the time
     * @param stack of the host
     * @param event to be read before this returns; it is used again
     */
    void onEvent(long nowNs, MptcpStack stack, StackEvent event);
  }

  /**
   * Something to do with the stack.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface StackAction<T> {
    /**
     * Does it. On the host's thread.
     *
     * @param nowNs the time
     * @param stack of the host
     * @return the result
     * @throws Exception the caller of {@link #call} gets it
     */
    T apply(long nowNs, MptcpStack stack) throws Exception;
  }

  private final MptcpStack stack;
  private final Application application;
  private final long lingerNs;
  private final TunLoop loop;
  private final CountDownLatch drained = new CountDownLatch(1);
  private boolean closing;

  /** A running host on links that are open, whatever they are. */
  TunHost(Builder builder, MptcpStack stack, List<TunLoop.Port> ports) throws IOException {
    this.stack = stack;
    application = builder.application;
    lingerNs = builder.linger.toNanos();
    loop = new TunLoop("mptcp4j", stack, ports, this::react);
    loop.start();
  }

  /**
   * Starts to describe a host.
   *
   * @return a builder without devices
   */
  public static Builder builder() {
    return new Builder();
  }

  private void react() {
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      if (event.type() == StackEvent.Type.ACCEPTABLE) {
        tellOfServer(event);
      } else {
        tellOfSocket(event);
      }
    }
    if (closing && stack.isDrained()) {
      stack.close();
      drained.countDown();
    }
  }

  private void tellOfSocket(StackEvent event) {
    StackEvent.Type type = event.type(); // the application may poll the next event
    MptcpSocket socket = event.socket();
    try {
      application.onEvent(System.nanoTime(), stack, event);
    } catch (Throwable failure) {
      LOG.error("the application failed at {} of {}, which ends", type, socket, failure);
      socket.abort();
    }
  }

  private void tellOfServer(StackEvent event) {
    MptcpServerSocket server = event.server();
    try {
      application.onEvent(System.nanoTime(), stack, event);
    } catch (Throwable failure) {
      LOG.error("the application failed to accept, which ends what waits for it", failure);
      abortWaiting(server);
    }
  }

  /** Nobody would accept them before another one comes. */
  private static void abortWaiting(MptcpServerSocket server) {
    if (server.isOpen()) {
      for (MptcpSocket s = server.accept(); s != null; s = server.accept()) {
        s.abort();
      }
    }
  }

  /**
   * Runs a task on the host's thread, in order. From any thread.
   *
   * @throws RejectedExecutionException when the host is closed
   */
  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  /**
   * Does something with the stack on the host's thread. From any thread.
   *
   * @param action what to do
   * @param <T> what comes of it
   * @return complete when it is done, by what the action returned or threw
   * @throws RejectedExecutionException when the host is closed
   */
  public <T> CompletableFuture<T> call(StackAction<T> action) {
    CompletableFuture<T> result = new CompletableFuture<>();
    execute(
        () -> {
          try {
            result.complete(action.apply(System.nanoTime(), stack));
          } catch (Throwable failure) {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  /** What ended the host's thread early, or null. */
  public @Nullable Throwable failure() {
    return loop.failure();
  }

  /**
   * Closes what is open, lets connections deliver what was written as long as {@link
   * Builder#closeLinger} says, resets the rest, and closes the devices. Called on the host's thread
   * it does not wait: what is not delivered then is lost.
   */
  @Override
  public void close() {
    try {
      execute(
          () -> {
            closing = true;
            long now = System.nanoTime();
            stack.shutdown(now, now + lingerNs);
          });
      if (!loop.inLoop()) {
        drained.await(lingerNs + PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (RejectedExecutionException e) {
      return; // It is closed, or failed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loop.close();
  }

  /** Collects what a host is made of; to be used once. */
  public static final class Builder {
    private final List<TunOptions> devices = new ArrayList<>();
    private StackConfig config = StackConfig.defaults();
    private Consumer<StackBuilder> customizer = builder -> {};
    private Application application = (nowNs, stack, event) -> {};
    private Duration linger = Duration.ofSeconds(3);

    private Builder() {}

    /**
     * Adds a TUN device. The kernel's side gets the first other address of each prefix.
     *
     * @param text {@code NAME:ADDRESS/PREFIX[,ADDRESS/PREFIX...]}, for example {@code
     *     "tun0:10.0.1.2/24,fd00:1::2/64"}
     * @return this builder
     * @throws TunException when it does not parse, with the reason
     */
    public Builder tun(String text) throws TunException {
      return tun(TunOptions.parse(text));
    }

    /**
     * Adds a TUN device.
     *
     * @param options its name, addresses and settings
     * @return this builder
     */
    public Builder tun(TunOptions options) {
      devices.add(Objects.requireNonNull(options, "options"));
      return this;
    }

    /**
     * Sets the configuration of the stack. Default: {@link StackConfig#defaults()}.
     *
     * @param stackConfig the configuration
     * @return this builder
     */
    public Builder config(StackConfig stackConfig) {
      config = Objects.requireNonNull(stackConfig, "config");
      return this;
    }

    /**
     * Refines the stack beyond its configuration: packet scheduler, path manager, source of
     * randomness. As a member of a {@code StackGroup} it would lose what belongs to other members:
     * a host hands nothing over.
     *
     * @param refine called once, by {@link #build()}
     * @return this builder
     */
    public Builder stack(Consumer<StackBuilder> refine) {
      customizer = Objects.requireNonNull(refine, "refine");
      return this;
    }

    /**
     * Sets what is told of events. Default: nothing is.
     *
     * @param toBeTold the application
     * @return this builder
     */
    public Builder application(Application toBeTold) {
      application = Objects.requireNonNull(toBeTold, "application");
      return this;
    }

    /**
     * Sets how long {@link TunHost#close} lets connections deliver what was written. Default: 3
     * seconds.
     *
     * @param duration zero for not at all
     * @return this builder
     * @throws IllegalArgumentException when it is negative
     */
    public Builder closeLinger(Duration duration) {
      if (duration.isNegative()) {
        throw new IllegalArgumentException("closeLinger must not be negative, but is " + duration);
      }
      linger = duration;
      return this;
    }

    /**
     * Opens the devices and starts the host.
     *
     * @return the running host
     * @throws IOException when a device cannot be opened, with the reason; nothing is left behind
     * @throws IllegalStateException when no device was added
     */
    public TunHost build() throws IOException {
      if (devices.isEmpty()) {
        throw new IllegalStateException("a host needs at least one link: call tun(...)");
      }
      StackBuilder builder = MptcpStack.builder().random(new SecureRandom()).config(config);
      customizer.accept(builder);
      List<TunLoop.Port> ports = new ArrayList<>();
      try {
        for (TunOptions options : devices) {
          ports.add(open(options, builder, ports.size()));
        }
        return new TunHost(this, builder.build(), ports);
      } catch (IOException | RuntimeException | Error failure) {
        ports.forEach(port -> port.link().close());
        throw failure;
      }
    }

    private static TunLoop.Port open(TunOptions options, StackBuilder builder, int index)
        throws IOException {
      ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
      TunDevice device = TunDevice.open(options.withQueues(1));
      builder.link(index, device.mtu());
      for (TunAddress address : device.addresses()) {
        builder.address(index, address.prefix());
      }
      TunLink link = new TunLink(device, allocator);
      return new TunLoop.Port(OffloadAdapter.wrap(link, allocator), device.fd());
    }
  }
}
