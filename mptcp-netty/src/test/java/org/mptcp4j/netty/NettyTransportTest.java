package org.mptcp4j.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.CompositeBufferGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketAutoReadTest;
import io.netty.testsuite.transport.socket.SocketCancelWriteTest;
import io.netty.testsuite.transport.socket.SocketCloseForciblyTest;
import io.netty.testsuite.transport.socket.SocketConditionalWritabilityTest;
import io.netty.testsuite.transport.socket.SocketConnectTest;
import io.netty.testsuite.transport.socket.SocketDataReadInitialStateTest;
import io.netty.testsuite.transport.socket.SocketEchoTest;
import io.netty.testsuite.transport.socket.SocketFileRegionTest;
import io.netty.testsuite.transport.socket.SocketFixedLengthEchoTest;
import io.netty.testsuite.transport.socket.SocketGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketObjectEchoTest;
import io.netty.testsuite.transport.socket.SocketReadPendingTest;
import io.netty.testsuite.transport.socket.SocketRstTest;
import io.netty.testsuite.transport.socket.SocketStringEchoTest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/**
 * What Netty's own tests ask of a transport, two hosts being joined by a cable. Tests are left out
 * that need the kernel's loopback addresses, that want a written buffer to be free when its write
 * is done (here it is kept until it is acknowledged), or whose handlers block their event loop and
 * wait for what their peer does: a stack on the event loop stands still then.
 */
class NettyTransportTest {
  private static final SocketAddress ADDRESS = new InetSocketAddress("10.0.0.2", 0);
  private static final List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> FACTORIES =
      List.of(new Factory());

  private static MultiThreadIoEventLoopGroup loops;
  private static MptcpHost client;
  private static MptcpHost server;

  private static final class Factory implements BootstrapComboFactory<ServerBootstrap, Bootstrap> {
    @Override
    public ServerBootstrap newServerInstance() {
      return new ServerBootstrap()
          .group(server.eventLoop())
          .channelFactory(server.serverChannelFactory());
    }

    @Override
    public Bootstrap newClientInstance() {
      return new Bootstrap().group(client.eventLoop()).channelFactory(client.channelFactory());
    }
  }

  @BeforeAll
  static void join() {
    loops = new MultiThreadIoEventLoopGroup(2, LocalIoHandler.newFactory());
    Cable cable = new Cable();
    client = cable.left(loops.next(), Duration.ZERO);
    server = cable.right(loops.next(), Duration.ZERO);
  }

  @AfterAll
  static void end() {
    client.close();
    server.close();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Nested
  class Echo extends SocketEchoTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class FixedLengthEcho extends SocketFixedLengthEchoTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class StringEcho extends SocketStringEchoTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class ObjectEcho extends SocketObjectEchoTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class GatheringWrite extends SocketGatheringWriteTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class CompositeBufferGatheringWrite extends CompositeBufferGatheringWriteTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class FileRegion extends SocketFileRegionTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class AutoRead extends SocketAutoReadTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class ReadPending extends SocketReadPendingTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class DataReadInitialState extends SocketDataReadInitialStateTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class Connect extends SocketConnectTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class CancelWrite extends SocketCancelWriteTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class CloseForcibly extends SocketCloseForciblyTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class ConditionalWritability extends SocketConditionalWritabilityTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }

  @Nested
  class Rst extends SocketRstTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
      return FACTORIES;
    }

    @Override
    protected SocketAddress newSocketAddress() {
      return ADDRESS;
    }
  }
}
