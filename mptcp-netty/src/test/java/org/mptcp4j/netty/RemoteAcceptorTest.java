package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOption;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;

class RemoteAcceptorTest {
  private long nowNs;
  private final VirtualEventLoop loop = new VirtualEventLoop(() -> nowNs++);
  private final VirtualEventLoop elsewhere = new VirtualEventLoop(() -> 0);
  private final List<String> done = new ArrayList<>();
  private int waiting = 20;

  private static StackLoop stackOn(VirtualEventLoop loop) {
    MptcpStack stack =
        MptcpStack.builder().seed(1).link(0, 1_500).address(0, "10.0.0.1/24").build();
    return new StackLoop(stack, loop, new LinkDrive(stack, loop, 0), MptcpHost.LINGER);
  }

  private MptcpSocket connection() {
    return (MptcpSocket)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {MptcpSocket.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("abort")) {
                done.add("abort");
              }
              return method.getName().endsWith("Address")
                  ? new InetSocketAddress("10.0.0.2", 1)
                  : null;
            });
  }

  private MptcpServerSocket listener() {
    return (MptcpServerSocket)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {MptcpServerSocket.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                done.add("close");
              }
              return method.getName().equals("accept") && waiting-- > 0 ? connection() : null;
            });
  }

  @Test
  void whatCannotBeDeliveredBecauseTheEventLoopHasEndedIsAborted() {
    MptcpHost host =
        new MptcpHost(List.of(stackOn(loop)), List.of(), StackConfig.defaults().sockets(), null);
    MptcpServerChannel channel = host.serverChannelFactory().newChannel();
    host.eventLoops().register(channel);
    channel.config().setOption(ChannelOption.AUTO_READ, true);
    channel.bind(new InetSocketAddress("10.0.0.1", 80));
    loop.runDue();
    assertThat(channel.isActive()).isTrue();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    while (!loop.isTerminated()) {
      loop.runNow();
    }
    assertThat(channel.isActive()).isTrue();

    new RemoteAcceptor(channel, stackOn(elsewhere), listener()).acceptNow();
    elsewhere.runDue();

    assertThat(done).hasSize(17).endsWith("close");
    assertThat(done.subList(0, 16)).containsOnly("abort");
  }
}
