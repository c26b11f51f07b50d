package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StatusText;
import org.mptcp4j.lab.bench.KernelLoad;
import org.mptcp4j.lab.traffic.LoadClient;
import org.mptcp4j.lab.traffic.LoadCounters;
import org.mptcp4j.lab.traffic.LoadResult;
import org.mptcp4j.lab.traffic.LoadServerHandler;
import org.mptcp4j.link.tun.JnaTunIo;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunIo;
import org.mptcp4j.link.tun.TunOptions;
import org.mptcp4j.netty.MptcpHost;
import org.mptcp4j.netty.SubflowUp;

/** A host of two event loops on TUN devices with two queues, against the kernel's sockets. */
@Interop(programs = {"gcc", "ss"})
class SeveralLoopsTest {
  private static final String PORT = "5001";
  private static final int CONNECTIONS = 10;
  private static final long BYTES = 50_000_000;
  private static final long WITHOUT_JOIN = 49_000_000;

  @TempDir private static Path directory;
  private static Path load;
  private Netns kernel;

  /** Which queue each event loop writes to. The kernel answers through the same. */
  private enum Writing {
    OWN_QUEUE,
    /** So that every packet after the first of a flow comes in on the wrong event loop. */
    QUEUE_OF_THE_OTHER_LOOP;

    TunIo io(TunDevice device, int queue) {
      TunIo own = new JnaTunIo(device.fd(queue));
      return this == OWN_QUEUE ? own : new Crossed(own, new JnaTunIo(device.fd(1 - queue)));
    }
  }

  private record Crossed(TunIo reads, TunIo writes) implements TunIo {
    @Override
    public int read(long address, int length) {
      return reads.read(address, length);
    }

    @Override
    public int writev(long iovAddress, int count) {
      return writes.writev(iovAddress, count);
    }
  }

  @BeforeAll
  static void compile() {
    load = KernelLoad.compile(directory);
  }

  @BeforeEach
  void createNamespace() {
    kernel = Netns.create();
  }

  @AfterEach
  void deleteNamespace() {
    kernel.close();
  }

  private MptcpHost host(Writing writing, StackConfig config) throws Exception {
    return MptcpHost.builder()
        .eventLoops(2)
        .config(config)
        .tunIo(writing::io)
        .tun(TunOptions.parse("m4j0:10.1.0.2/24").withNamespace(kernel.name()))
        .tun(TunOptions.parse("m4j1:10.2.0.2/24").withNamespace(kernel.name()))
        .build();
  }

  private static long sum(MptcpHost host, ToLongFunction<MptcpStack> figure) {
    return host.withStacks((now, stack) -> figure.applyAsLong(stack)).stream()
        .mapToLong(future -> future.syncUninterruptibly().getNow())
        .sum();
  }

  /** What a transfer that does not end leaves to look at. */
  private static String status(MptcpHost host) {
    return host
        .withStacks((now, s) -> StatusText.ss(now, s.connections()) + s.counters() + "\n")
        .stream()
        .map(future -> future.syncUninterruptibly().getNow())
        .collect(Collectors.joining());
  }

  private static long counter(MptcpHost host, String name) {
    return sum(host, stack -> stack.counters().getOrDefault(name, 0L));
  }

  /**
   * Connections and flows are gone everywhere, those in TIME-WAIT aside, and no subflow was lost.
   */
  private void everythingEndedInOrder(MptcpHost host) {
    kernel.awaitNoConnections(20);
    long deadline = Patience.deadlineNs(20);
    while (sum(host, stack -> stack.usage().connections() + stack.usage().flows()) > 0) {
      assertThat(System.nanoTime()).as("time").isLessThan(deadline);
    }
    assertThat(counter(host, "StackInternalErrors")).isZero();
    Map<String, Long> counters = kernel.counters();
    assertThat(Faults.in(counters)).isEmpty();
    assertThat(counters.get("TcpEstabResets")).isZero();
    assertThat(counter(host, "MPTcpExtMPRstTx")).isZero();
    assertThat(counter(host, "MPTcpExtMPJoinNoTokenFound")).isZero();
  }

  /**
   * Whatever is handed over is received twice. Not handed over are the first packet of a flow and
   * what the kernel sends to a flow that is gone.
   */
  private static void nearlyEveryPacketCameInWrong(MptcpHost host) {
    long handedOver = counter(host, "StackHandedOver");
    assertThat(handedOver).isGreaterThan(100 * CONNECTIONS);
    long arrived = handedOver - host.handoverDrops();
    assertThat(counter(host, "IpInReceives") - handedOver - arrived).isBetween(0L, handedOver / 20);
  }

  @ParameterizedTest
  @EnumSource
  void theKernelConnects(Writing writing) throws Exception {
    StackConfig config = StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build();
    try (MptcpHost host = host(writing, config)) {
      listen(host);
      List<Program> clients = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        clients.add(
            Program.start(kernel, load.toString(), "-m", "hash", "10.1.0.2", PORT, "" + BYTES));
      }
      for (Program client : clients) {
        try (client) {
          assertThat(KernelLoad.parse(client.result(60))).containsEntry("equal", "1");
        }
      }
      assertThat(kernel.counters()).containsEntry("MPTcpExtMPJoinSynAckRx", (long) CONNECTIONS);
      assertThat(counter(host, "MPTcpExtMPJoinAckRx")).isEqualTo(CONNECTIONS);
      everythingEndedInOrder(host);
      if (writing == Writing.QUEUE_OF_THE_OTHER_LOOP) {
        nearlyEveryPacketCameInWrong(host);
      }
    }
  }

  private static boolean isJoin(Object event) {
    return event instanceof SubflowUp up && up.subflow().id() > 0;
  }

  /** Reads nothing before the connection has its second subflow. */
  private static final class ReadsWhenJoined extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (isJoin(event)) {
        ctx.channel().config().setAutoRead(true);
      }
      ctx.fireUserEventTriggered(event);
    }
  }

  /** Keeps the last bytes back until the connection has its second subflow. */
  private static final class EndsWhenJoined extends ChannelDuplexHandler {
    private PendingWriteQueue kept;
    private boolean joined;
    private long written;

    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
      kept = new PendingWriteQueue(ctx);
      ctx.fireChannelRegistered();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      written += ((ByteBuf) message).readableBytes();
      if (joined || written <= WITHOUT_JOIN) {
        ctx.write(message, promise);
      } else {
        kept.add(message, promise);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (isJoin(event)) {
        joined = true;
        kept.removeAndWriteAll();
        ctx.flush();
      }
      ctx.fireUserEventTriggered(event);
    }
  }

  private static void listen(MptcpHost host) {
    new ServerBootstrap()
        .group(host.eventLoops())
        .channelFactory(host.serverChannelFactory())
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                // the kernel joins from a work queue: a connection may be over before its turn
                channel.config().setAutoRead(false);
                channel.pipeline().addLast(new ReadsWhenJoined());
                channel.pipeline().addLast(new LoadServerHandler(new LoadCounters()));
              }
            })
        .bind(Integer.parseInt(PORT))
        .syncUninterruptibly();
  }

  @ParameterizedTest
  @EnumSource
  void weConnectToTheKernel(Writing writing) throws Exception {
    try (Program server = Program.start(kernel, load.toString(), "-m", "srv", PORT);
        MptcpHost host = host(writing, StackConfig.defaults())) {
      server.await("listening");
      List<Future<LoadResult>> results = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        LoadClient client = new LoadClient(bootstrap(host), System::nanoTime);
        results.add(client.hash(new SplittableRandom(i), BYTES));
      }
      for (Future<LoadResult> result : results) {
        assertThat(result.await(Patience.seconds(60), TimeUnit.SECONDS))
            .as(() -> "all is over; now there is\n" + status(host))
            .isTrue();
        assertThat(result.getNow()).matches(LoadResult::succeeded);
      }
      assertThat(kernel.counters()).containsEntry("MPTcpExtMPJoinAckRx", (long) CONNECTIONS);
      assertThat(host.withStacks((now, stack) -> stack.counters().get("TcpActiveOpens")))
          .map(opens -> opens.syncUninterruptibly().getNow())
          .containsOnly((long) CONNECTIONS); // half of them, two flows each
      everythingEndedInOrder(host);
      if (writing == Writing.QUEUE_OF_THE_OTHER_LOOP) {
        nearlyEveryPacketCameInWrong(host);
      }
    }
  }

  private static Bootstrap bootstrap(MptcpHost host) {
    return new Bootstrap()
        .group(host.eventLoops().next())
        .channelFactory(
            () -> {
              Channel channel = host.channelFactory().newChannel();
              channel.pipeline().addFirst(new EndsWhenJoined());
              return channel;
            })
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .remoteAddress("10.1.0.1", Integer.parseInt(PORT));
  }
}
