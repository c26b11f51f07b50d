package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.pm.PathManagers;
import org.mptcp4j.sched.Schedulers;

/** Every option that a program may set, at every place where it may set it. */
class ChannelOptionsTest {
  private static final int CONNECTIONS = 3;

  private final Map<ChannelOption<?>, List<Object>> valid = new LinkedHashMap<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final PrintStream errBefore = System.err;

  @BeforeEach
  void findOptions() throws Exception {
    for (Class<?> holder :
        List.of(ChannelOption.class, EpollChannelOption.class, MptcpChannelOption.class)) {
      for (Field field : holder.getDeclaredFields()) {
        if (Modifier.isPublic(field.getModifiers())
            && ChannelOption.class.isAssignableFrom(field.getType())) {
          Type type = ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
          add((ChannelOption<?>) field.get(null), type);
        }
      }
    }
    try (java.nio.channels.SocketChannel jdk = java.nio.channels.SocketChannel.open()) {
      for (SocketOption<?> option : jdk.supportedOptions()) {
        add(NioChannelOption.of(option), option.type());
      }
    }
    assertThat(valid).hasSizeGreaterThan(60);
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(errBefore);
  }

  private void add(ChannelOption<?> option, Type type) throws Exception {
    Class<?> raw =
        (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
    List<Object> values = new ArrayList<>();
    if (raw == Boolean.class) {
      values.addAll(List.of(true, false));
    } else if (raw == Integer.class) {
      values.addAll(List.of(1, 200, 10_000, 100_000));
    } else if (raw == Long.class) {
      values.add(10_000L);
    } else if (option == MptcpChannelOption.PATH_MANAGER) {
      values.addAll(PathManagers.names());
    } else if (option == MptcpChannelOption.SCHEDULER) {
      values.addAll(Schedulers.names());
    } else if (raw == String.class) {
      values.addAll(List.of("cubic", "reno"));
    } else if (raw == InetAddress.class) {
      values.add(InetAddress.getLoopbackAddress());
    } else if (raw == NetworkInterface.class) {
      values.add(NetworkInterface.getNetworkInterfaces().nextElement());
    } else if (raw == Map.class) {
      values.add(Map.of());
    } else if (raw.isEnum()) {
      values.add(raw.getEnumConstants()[0]);
    } else {
      values.add(ofNio(option));
    }
    if (option == ChannelOption.CONNECT_TIMEOUT_MILLIS) {
      values.removeIf(millis -> (Integer) millis < 1_000); // the handshake takes a round trip
    }
    values.removeIf(value -> refusedByNio(option, value));
    assertThat(values).as("values of %s", option).isNotEmpty().doesNotContainNull();
    valid.put(option, values);
  }

  private static Object ofNio(ChannelOption<?> option) {
    NioSocketChannel nio = new NioSocketChannel();
    Object value = nio.config().getOption(option);
    nio.unsafe().closeForcibly();
    return value;
  }

  @SuppressWarnings("unchecked")
  private static boolean set(Channel channel, ChannelOption<?> option, Object value) {
    return channel.config().setOption((ChannelOption<Object>) option, value);
  }

  private static boolean refusedByNio(ChannelOption<?> option, Object value) {
    NioSocketChannel nio = new NioSocketChannel();
    Throwable thrown = catchThrowable(() -> set(nio, option, value));
    nio.unsafe().closeForcibly();
    return thrown instanceof IllegalArgumentException;
  }

  /** Warnings by the option that they name. */
  private Map<String, Integer> warnings() {
    Map<String, Integer> found = new TreeMap<>();
    for (String line : log.toString(StandardCharsets.UTF_8).split("\n")) {
      for (ChannelOption<?> option : valid.keySet()) {
        if (line.contains("option " + option + ' ') || line.contains("'" + option + "'")) {
          found.merge(option.name(), 1, Integer::sum);
          break;
        }
      }
    }
    return found;
  }

  private void assertNoWarningForEachConnection() {
    assertThat(warnings()).allSatisfy((option, times) -> assertThat(times).isEqualTo(1));
    assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("Exception");
  }

  @SuppressWarnings("unchecked")
  private static <T> ChannelOption<T> cast(ChannelOption<?> option) {
    return (ChannelOption<T>) option;
  }

  @FunctionalInterface
  private interface Place {
    void set(ServerBootstrap server, Bootstrap client, ChannelOption<Object> option, Object value);
  }

  /** Opens connections with one option set at one place, and looks whether they stay open. */
  private void openWithEvery(Place place) {
    try (Pair pair = new Pair(new Recorder())) {
      valid.forEach(
          (option, values) -> {
            for (Object value : values) {
              openWith(pair, place, option, value);
            }
          });
    }
    assertNoWarningForEachConnection();
  }

  private static void openWith(Pair pair, Place place, ChannelOption<?> option, Object value) {
    List<Channel> open = new ArrayList<>();
    ServerBootstrap server = pair.serverBootstrap().childHandler(collectInto(open));
    Bootstrap client = pair.bootstrap();
    place.set(server, client, cast(option), value);
    Channel listening = pair.net.await(server.bind(80)).channel();
    for (int i = 0; i < CONNECTIONS; i++) {
      client.handler(new Recorder());
      open.add(pair.net.await(client.connect(SimulatedNetwork.SERVER, 80)).channel());
    }
    pair.net.runFor(Duration.ofMillis(20));
    // Whoever says nothing is not accepted where accepting is deferred.
    Integer defers = listening.config().getOption(EpollChannelOption.TCP_DEFER_ACCEPT);
    boolean accepts = listening.config().isAutoRead() && defers == 0;
    int both = accepts ? 2 * CONNECTIONS : CONNECTIONS;
    assertThat(open).as("%s = %s", option, value).hasSize(both).allMatch(Channel::isActive);
    for (Channel channel : open) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
    pair.net.await(listening.close());
  }

  @Test
  void optionsOfAcceptedConnections() {
    openWithEvery((server, client, option, value) -> server.childOption(option, value));
  }

  @Test
  void optionsOfServers() {
    openWithEvery((server, client, option, value) -> server.option(option, value));
  }

  @Test
  void optionsOfClients() {
    openWithEvery((server, client, option, value) -> client.option(option, value));
  }

  @Test
  void optionsOfOpenConnections() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      for (Channel channel : List.of(pair.client, pair.atServer.channel, pair.server)) {
        valid.forEach(
            (option, values) -> {
              for (Object value : values) {
                assertThat(set(channel, option, value)).as("%s = %s", option, value).isTrue();
                pair.net.runFor(Duration.ofMillis(1));
                assertThat(channel.isActive()).as("%s = %s", option, value).isTrue();
              }
            });
      }
    }
    assertNoWarningForEachConnection();
  }

  @Test
  void whatNettysOwnTransportsHaveAValueForHasOneHere() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      NioSocketChannel nio = new NioSocketChannel();
      NioServerSocketChannel nioServer = new NioServerSocketChannel();
      for (ChannelOption<?> option : nio.config().getOptions().keySet()) {
        if (ChannelOption.exists(option.name())) {
          assertThat(pair.client.config().getOption(option)).as("%s", option).isNotNull();
        }
      }
      for (ChannelOption<?> option : nioServer.config().getOptions().keySet()) {
        if (ChannelOption.exists(option.name())) {
          assertThat(pair.server.config().getOption(option)).as("%s", option).isNotNull();
        }
      }
      pair.client
          .config()
          .getOptions()
          .forEach(
              (option, value) ->
                  assertThat(pair.client.config().<Object>getOption(cast(option)))
                      .as("%s", option)
                      .isEqualTo(value));
      nio.unsafe().closeForcibly();
      nioServer.unsafe().closeForcibly();
    }
  }

  @Test
  void valuesThatNettysOwnTransportsRefuseAreRefused() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      valid.forEach(
          (option, values) -> {
            if (values.get(0) instanceof Integer) {
              for (int wrong : new int[] {-1, -2, 100_000_000}) {
                if (refusedByNio(option, wrong)) {
                  assertThatThrownBy(() -> set(pair.client, option, wrong))
                      .as("%s = %s", option, wrong)
                      .isInstanceOf(IllegalArgumentException.class);
                }
              }
            }
            assertThatThrownBy(() -> set(pair.client, option, null))
                .isInstanceOf(NullPointerException.class);
          });
      assertThat(pair.client.isActive()).isTrue();
    }
  }

  /** As with any transport: Netty closes what it could not set the options of. */
  @Test
  void aWrongValueClosesTheAcceptedConnection() {
    try (Pair pair = new Pair(new Recorder())) {
      pair.net.await(pair.serverBootstrap().childOption(ChannelOption.SO_SNDBUF, -1).bind(80));
      Channel client =
          pair.net.await(pair.bootstrap().connect(SimulatedNetwork.SERVER, 80)).channel();
      pair.until(() -> !client.isActive());
      assertThat(log.toString(StandardCharsets.UTF_8))
          .contains("Failed to set channel option 'SO_SNDBUF' with value '-1'");
    }
  }

  @Test
  void optionsOfAcceptedConnectionsHaveTheirEffect() {
    try (Pair pair = new Pair(new Recorder())) {
      List<Channel> accepted = new ArrayList<>();
      Channel server =
          pair.net
              .await(
                  pair.serverBootstrap()
                      .option(ChannelOption.SO_RCVBUF, 30_000)
                      .childOption(ChannelOption.SO_SNDBUF, 20_000)
                      .childHandler(collectInto(accepted))
                      .bind(80))
              .channel();
      Bootstrap client = pair.bootstrap();
      pair.net.await(client.handler(new Recorder()).connect(SimulatedNetwork.SERVER, 80));
      pair.until(() -> accepted.size() == 1);
      assertThat(info(accepted.get(0)).sendBufferBytes()).isEqualTo(20_000);
      assertThat(info(accepted.get(0)).receiveBufferBytes()).isEqualTo(30_000);

      server.config().setOption(ChannelOption.SO_RCVBUF, 40_000);
      pair.net.await(client.handler(new Recorder()).connect(SimulatedNetwork.SERVER, 80));
      pair.until(() -> accepted.size() == 2);
      assertThat(info(accepted.get(1)).receiveBufferBytes()).as("from then on").isEqualTo(40_000);
      assertThat(info(accepted.get(0)).receiveBufferBytes()).isEqualTo(30_000);
    }
  }

  @Test
  void keepAliveEndsWhatHasADeadPeer() {
    try (Pair pair = new Pair(new Recorder())) {
      List<Channel> accepted = new ArrayList<>();
      pair.net.await(
          pair.serverBootstrap()
              .childOption(ChannelOption.SO_KEEPALIVE, true)
              .childOption(EpollChannelOption.TCP_KEEPIDLE, 20)
              .childOption(EpollChannelOption.TCP_KEEPINTVL, 5)
              .childOption(EpollChannelOption.TCP_KEEPCNT, 2)
              .childHandler(collectInto(accepted))
              .bind(80));
      Channel client =
          pair.net
              .await(pair.bootstrap().handler(new Recorder()).connect(SimulatedNetwork.SERVER, 80))
              .channel();
      pair.until(() -> accepted.size() == 1);
      assertThat(accepted.get(0).config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
      assertThat(accepted.get(0).config().getOption(EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(20);
      client.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, 1_500);
      assertThat(client.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT)).isEqualTo(1_500);
      pair.net.runFor(Duration.ofSeconds(200));
      assertThat(accepted.get(0).isActive()).as("it answers").isTrue();
      pair.net.path(0).blackhole();
      pair.net.runFor(Duration.ofSeconds(100));
      assertThat(accepted.get(0).isActive()).as("20 + 2 * 5 + 60 s later").isFalse();
      assertThat(client.isActive()).as("has no keep-alive and nothing to send").isTrue();
    }
  }

  private static ChannelInitializer<Channel> collectInto(List<Channel> channels) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channels.add(channel);
      }
    };
  }

  @Test
  void whatIsFixedStaysWhatItIs() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      assertThat(pair.client.config().setOption(MptcpChannelOption.MPTCP, false)).isTrue();
      assertThat(pair.client.config().getOption(MptcpChannelOption.MPTCP)).isTrue();
    }
  }

  @Test
  void optionsOfAnOpenChannelReachItsSocket() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      set(pair.client, ChannelOption.IP_TOS, 16);
      set(pair.client, EpollChannelOption.TCP_CORK, true);
      set(pair.client, EpollChannelOption.TCP_NOTSENT_LOWAT, 20_000L);
      set(pair.client, EpollChannelOption.TCP_QUICKACK, true);
      set(pair.client, MptcpChannelOption.CONGESTION_CONTROL, "reno");
      set(pair.client, MptcpChannelOption.SCHEDULER, "redundant");
      TcpSocketOptions tcp =
          pair.net.await(pair.client.onSocket((nowNs, socket) -> socket.tcp())).getNow();
      assertThat(tcp.trafficClass()).isEqualTo(16);
      assertThat(tcp.cork()).isTrue();
      assertThat(tcp.notSentLowatBytes()).isEqualTo(20_000);
      assertThat(tcp.quickAck()).isTrue();
      assertThat(info(pair.client).scheduler()).isEqualTo("redundant");
      assertThat(info(pair.client).subflows().get(0).congestionControl()).isEqualTo("reno");
    }
  }

  @Test
  void aSchedulerAndACongestionControlMayBeInstances() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      MptcpPaths paths = pair.client.paths();
      pair.net.await(paths.setScheduler(Schedulers.byName("redundant")));
      pair.net.await(paths.setCongestionControl(CongestionControls.byName("reno")));
      assertThat(info(pair.client).scheduler()).isEqualTo("redundant");
      assertThat(info(pair.client).subflows().get(0).congestionControl()).isEqualTo("reno");
    }
  }

  private static ConnectionInfo info(Channel channel) {
    return ((MptcpChannel) channel).connectionInfo();
  }

  @Test
  void theLogNamesAnOptionOnce() {
    IgnoredOptions ignored = new IgnoredOptions();
    assertThat(ignored.unsupported(ChannelOption.SO_TIMEOUT)).isTrue();
    assertThat(ignored.unsupported(ChannelOption.SO_TIMEOUT)).isFalse();
    assertThat(ignored.unsupported(ChannelOption.IP_MULTICAST_TTL)).isTrue();
    assertThat(ignored.fixed(MptcpChannelOption.MPTCP)).isTrue();
    assertThat(ignored.fixed(MptcpChannelOption.MPTCP)).isFalse();
    assertThat(ignored.unsupported(ChannelOption.SO_REUSEADDR)).as("nothing is missed").isFalse();
    assertThat(log.toString(StandardCharsets.UTF_8).split("\n")).hasSize(3);
  }
}
