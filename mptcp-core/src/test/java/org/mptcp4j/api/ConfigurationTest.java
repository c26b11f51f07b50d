package org.mptcp4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.pm.ApplicationPathManager;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.sched.LowestRtt;
import org.mptcp4j.sched.Scheduler;

/** Every option can be set, keeps its value, and changes no other; whatever is added later too. */
class ConfigurationTest {
  private static final Scheduler SCHEDULER = new LowestRtt();
  private static final Supplier<PathManager> PATH_MANAGER = ApplicationPathManager::new;

  /** A value that no option has by default. */
  private static final Map<Class<?>, Object> OTHER =
      Map.ofEntries(
          Map.entry(MptcpMode.class, MptcpMode.DISABLED),
          Map.entry(EcnMode.class, EcnMode.REQUEST),
          Map.entry(
              AccurateEcnRules.class,
              new AccurateEcnRules(AccurateEcnRules.OptionUse.NEVER, true, false)),
          Map.entry(TcpSocketOptions.class, TcpSocketOptions.builder().cork(true).build()),
          Map.entry(int.class, 23),
          Map.entry(long.class, 64L << 20),
          Map.entry(Duration.class, Duration.ofMillis(333)),
          Map.entry(BufferRange.class, new BufferRange(5000, 6000)),
          Map.entry(KeepAlive.class, KeepAlive.builder().count(7).build()),
          Map.entry(String.class, "reno"),
          Map.entry(MptcpOptions.class, MptcpOptions.builder().checksumRequired(true).build()),
          Map.entry(TcpOptions.class, TcpOptions.builder().sack(false).build()),
          Map.entry(Buffers.class, Buffers.builder().send(BufferRange.fixed(5000)).build()),
          Map.entry(Timeouts.class, Timeouts.builder().closing(Duration.ofSeconds(1)).build()),
          Map.entry(Limits.class, Limits.builder().flows(7).build()),
          Map.entry(SocketOptions.class, SocketOptions.builder().noDelay(true).build()),
          Map.entry(Scheduler.class, SCHEDULER),
          Map.entry(Supplier.class, PATH_MANAGER),
          Map.entry(CongestionControlFactory.class, CongestionControls.byName("reno")),
          Map.entry(InetSocketAddress.class, new InetSocketAddress("10.1.1.1", 5)));

  /** Where that is out of range. */
  private static final Map<String, Object> ALLOWED =
      Map.of(
          "leastPathMtu", 700,
          "blackHoleMtu", 1300,
          "sendBufferBytes", 8000,
          "receiveBufferBytes", 9000,
          "maxSegmentSize", 500,
          "maxRto", Duration.ofSeconds(5));

  private static final List<Object> PARTS =
      List.of(
          MptcpOptions.defaults(),
          TcpOptions.defaults(),
          Buffers.defaults(),
          Timeouts.defaults(),
          Limits.defaults(),
          SocketOptions.defaults(),
          TcpSocketOptions.defaults(),
          KeepAlive.defaults(),
          StackConfig.defaults());

  @TestFactory
  Stream<DynamicTest> everyOptionOf() {
    return PARTS.stream()
        .flatMap(
            part ->
                Arrays.stream(part.getClass().getRecordComponents())
                    .filter(c -> !c.getName().endsWith("EphemeralPort"))
                    .map(
                        c ->
                            DynamicTest.dynamicTest(
                                part.getClass().getSimpleName() + "." + c.getName(),
                                () -> check(part, c))));
  }

  private static void check(Object defaults, RecordComponent option) throws Exception {
    Object builder = call(defaults, "toBuilder");
    Object old = option.getAccessor().invoke(defaults);
    String name = option.getName().replaceAll("Ns$", "");
    Method setter = setter(builder, name, option.getType());
    Class<?> type = setter.getParameterTypes()[0];
    Object value =
        type == boolean.class
            ? (Object) !(Boolean) old
            : ALLOWED.getOrDefault(name, OTHER.get(type));
    assertThat(setter.invoke(builder, value)).isSameAs(builder);
    Object changed = call(builder, "build");
    for (RecordComponent c : defaults.getClass().getRecordComponents()) {
      Object kept = c.getAccessor().invoke(defaults);
      assertThat(c.getAccessor().invoke(changed))
          .as(c.getName())
          .isEqualTo(c.getName().equals(option.getName()) ? read(value, option) : kept);
    }
    assertThat(changed).isNotEqualTo(defaults);
    assertThat(call(call(changed, "toBuilder"), "build")).isEqualTo(changed);
  }

  /**
   * What is added to a constructor breaks whoever calls it; what is added to a builder does not.
   */
  @Test
  void nobodyElseNamesEveryOption() {
    assertThat(PARTS)
        .allMatch(part -> !Modifier.isPublic(part.getClass().getModifiers()))
        .allMatch(part -> part.getClass().getInterfaces()[0].isSealed());
  }

  private static Object call(Object on, String method) throws Exception {
    return on.getClass().getMethod(method).invoke(on);
  }

  /** The method of a builder that sets an option, not one that looks up or changes its value. */
  private static Method setter(Object builder, String name, Class<?> option) {
    return Arrays.stream(builder.getClass().getMethods())
        .filter(m -> m.getName().equals(name) && m.getParameterCount() == 1)
        .filter(m -> option == String.class || m.getParameterTypes()[0] != String.class)
        .filter(m -> m.getParameterTypes()[0] != Consumer.class)
        .filter(m -> option == MptcpMode.class || m.getParameterTypes()[0] != MptcpMode.class)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no method " + name + " of the builder"));
  }

  /** As a record shows what its builder was given: times in nanoseconds. */
  private static Object read(Object value, RecordComponent option) {
    if (value instanceof Duration time) {
      assertThat(option.getName()).endsWith("Ns");
      return time.toNanos();
    }
    return option.getType() == Optional.class ? Optional.of(value) : value;
  }

  @Test
  void theRangeOfPortsIsSetAtOnce() {
    TcpOptions options = TcpOptions.builder().ephemeralPorts(5, 6).build();
    assertThat(options.firstEphemeralPort()).isEqualTo(5);
    assertThat(options.lastEphemeralPort()).isEqualTo(6);
    assertThat(options.toBuilder().build()).isEqualTo(options);
    assertThatThrownBy(() -> TcpOptions.builder().ephemeralPorts(6, 5).build())
        .hasMessageContaining("lastEphemeralPort must be 6 to 65535, but is 5");
  }

  @Test
  void aStackIsConfiguredPartByPart() {
    StackConfig config =
        StackConfig.builder()
            .mptcp(m -> m.checksumRequired(true))
            .tcp(t -> t.retries(4))
            .buffers(b -> b.send(BufferRange.fixed(5000)))
            .timeouts(t -> t.timeWait(Duration.ofSeconds(7)))
            .limits(l -> l.flows(3))
            .sockets(o -> o.noDelay(true))
            .mptcp(MptcpMode.DISABLED)
            .build();
    assertThat(config.mptcp())
        .isEqualTo(MptcpOptions.builder().checksumRequired(true).mode(MptcpMode.DISABLED).build());
    assertThat(config.tcp()).isEqualTo(TcpOptions.builder().retries(4).build());
    assertThat(config.buffers().send().maxBytes()).isEqualTo(5000);
    assertThat(config.buffers().receive()).isEqualTo(Buffers.defaults().receive());
    assertThat(config.timeouts().timeWaitNs()).isEqualTo(7_000_000_000L);
    assertThat(config.limits()).isEqualTo(Limits.builder().flows(3).build());
    assertThat(config.sockets()).isEqualTo(SocketOptions.builder().noDelay(true).build());
    assertThat(config.toBuilder().build()).isEqualTo(config);
  }

  @Test
  void aTimeThatIsOutOfRangeIsNamed() {
    assertThatThrownBy(() -> Timeouts.builder().timeWait(Duration.ZERO).build())
        .hasMessageContaining("timeWait must be longer than zero");
    assertThatThrownBy(() -> Timeouts.builder().closing(Duration.ofDays(400)))
        .hasMessageContaining("closing must be");
    assertThatThrownBy(() -> Timeouts.builder().minRto(Duration.ofSeconds(300)).build())
        .hasMessageContaining("maxRto PT2M is less than minRto PT5M");
    assertThatThrownBy(() -> Timeouts.builder().maxRto(Duration.ofMillis(500)).build())
        .hasMessageContaining("maxRto PT0.5S is less than initialRto PT1S");
    assertThatThrownBy(() -> Timeouts.builder().delayedAck(Duration.ofMillis(500)).build())
        .hasMessageContaining("delayedAck must be zero or more and under PT0.5S");
    assertThatThrownBy(() -> TcpSocketOptions.builder().linger(Duration.ofNanos(-1)))
        .hasMessageContaining("linger must not be negative, but is PT-0.000000001S; noLinger()");
    assertThatThrownBy(() -> SocketOptions.builder().userTimeout(Duration.ofSeconds(-1)).build())
        .hasMessageContaining("userTimeout must be");
  }
}
