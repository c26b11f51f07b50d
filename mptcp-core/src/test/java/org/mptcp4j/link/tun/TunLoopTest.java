package org.mptcp4j.link.tun;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackGroup;
import org.mptcp4j.link.MemoryLink;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.stack.CapturedLog;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** A loop on a link in memory: what must not end its thread. */
@EnabledOnOs(OS.LINUX)
class TunLoopTest {
  private static final int OTHERS_TOKEN = 0x80000000;

  @RegisterExtension private final CapturedLog logged = new CapturedLog();
  private final StackGroup group = StackGroup.of(2, new SplittableRandom(1));
  private final MptcpStack stack =
      MptcpStack.builder().seed(1).member(group, 0).link(0, 1500).address(0, "10.0.1.2/24").build();
  private final MemoryLink link = new MemoryLink();
  private TunLoop loop;

  private void start(Runnable application) throws IOException {
    loop = new TunLoop("test", stack, List.of(new TunLoop.Port(link, -1)), application);
    link.whenSent(loop::wakeup);
    loop.start();
  }

  @AfterEach
  void close() {
    loop.close();
    stack.close();
  }

  /** Returns when the loop has had its turn with all that was there before. */
  private void aTurn() throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(() -> loop.execute(() -> done.complete(null)));
    done.get(20, TimeUnit.SECONDS);
  }

  private void assertGoesOn() throws Exception {
    aTurn();
    assertThat(loop.failure()).isNull();
  }

  @Test
  void anApplicationThatFailsEndsNothing() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    start(
        () -> {
          calls.incrementAndGet();
          throw new AssertionError("of the application");
        });
    assertGoesOn();
    assertGoesOn();
    assertThat(calls).hasValueGreaterThan(1);
    assertThat(logged.take())
        .singleElement()
        .asString()
        .contains("the application of loop test failed, 1 times so far");
  }

  @Test
  void aTaskThatFailsEndsNothing() throws Exception {
    start(() -> {});
    for (Throwable failure : List.of(new IllegalStateException("one"), new AssertionError("two"))) {
      loop.execute(
          () -> {
            TunLoopTest.<RuntimeException>sneak(failure);
          });
      assertGoesOn();
      assertThat(logged.take()).singleElement().asString().contains("a task on loop test failed");
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void whatBelongsToAnotherStackOfTheGroupEndsNothing() throws Exception {
    start(() -> {});
    for (int i = 0; i < 3; i++) {
      send(join(1111 + i, OTHERS_TOKEN));
    }
    assertGoesOn();
    assertThat(link.counters().rxDropped()).isEqualTo(3);
    assertThat(logged.take())
        .singleElement()
        .asString()
        .contains("loop test drops packets that belong to stack 1 of the group");
    send(join(2222, 0x7fffffff));
    MemoryLink.Datagram reset = link.take();
    assertThat(reset).as("of this stack, which has no such token").isNotNull();
    reset.bytes().release();
    assertGoesOn();
  }

  private static TxSegment join(int port, int token) {
    TxSegment syn = new TxSegment();
    syn.src(IpAddress.parse("10.0.1.1")).srcPort(port);
    syn.dst(IpAddress.parse("10.0.1.2")).dstPort(80).seq(1).flags(TcpFlags.SYN);
    syn.options().mptcp(new MpJoinSyn(false, 1, token, 77));
    return syn;
  }

  private void send(TxSegment segment) {
    Packet packet = new Packet();
    segment.encodeInto(packet, ByteBufAllocator.DEFAULT);
    link.give(packet);
  }
}
