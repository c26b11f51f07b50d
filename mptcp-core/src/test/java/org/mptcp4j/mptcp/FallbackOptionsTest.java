package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

class FallbackOptionsTest {
  private final Workbench bench = new Workbench();
  private FallbackOptions options =
      new FallbackOptions(
          FallbackCause.UNMAPPED,
          bench.subflows.master(),
          bench.meta.tx().nxt(),
          bench.keys,
          bench.meta);

  @Test
  void takesWhatThereIsMemoryFor() {
    assertThat(options.takesInOrder()).isTrue();
    assertThat(options.takesOutOfOrder()).isTrue();
  }

  private void goesOnAsTcp(FallbackCause why) {
    MptcpTcpSock stream = bench.subflows.master();
    options = new FallbackOptions(why, stream, bench.meta.tx().nxt(), bench.keys, bench.meta);
    stream.tcp().extension(options);
    stream.tcp().enqueue(Unpooled.wrappedBuffer(new byte[1]), 0, 1);
    bench.poll(stream);
  }

  /** The peer acknowledges so much of the byte that left without a mapping, by a DSS. */
  private RxSegment hears(int acknowledged, Consumer<TxSegment> changes) {
    MptcpTcpSock stream = bench.subflows.master();
    int end = stream.tcp().sndNxt();
    RxSegment segment =
        bench.segment(
            stream,
            s -> {
              s.ack(end - 1 + acknowledged).options().dss(Dss.ACK | Dss.ACK64, 1, 0, 0, 0);
              changes.accept(s);
            });
    options.onSegment(segment, stream.tcp(), bench.meta);
    return bench.poll(stream);
  }

  private static boolean fails(RxSegment segment) {
    return segment.options().mptcp(MpFail.class) != null;
  }

  // RFC 8684 section 3.7: it was to fall back by itself, and cannot.
  @ParameterizedTest
  @EnumSource(names = {"NO_OPTION", "NO_MAPPING", "PLAIN_END"})
  void aPeerThatGoesOnBehindTheMappedIsTold(FallbackCause why) {
    goesOnAsTcp(why);
    assertThat(fails(hears(1, s -> {}))).isTrue();
    bench.subflows.master().tcp().requestAck();
    assertThat(fails(hears(1, s -> s.options().mptcp(new MpFail(1))))).as("answered").isFalse();
    bench.subflows.master().tcp().requestAck();
    assertThat(fails(hears(1, s -> {}))).as("knows").isFalse();
  }

  // What it sent before it had the byte without a mapping says nothing.
  @Test
  void aPeerThatCannotKnowYetIsNotTold() {
    goesOnAsTcp(FallbackCause.NO_OPTION);
    bench.subflows.master().tcp().requestAck();
    assertThat(fails(hears(0, s -> {}))).isFalse();
  }

  // What a connection may hold does not grow by its fallback.
  @Test
  void takesNothingBeyondWhatTheConnectionMayHold() {
    bench.meta.window().held(0, false);
    assertThat(options.takesInOrder()).isFalse();
    assertThat(options.takesOutOfOrder()).isFalse();
  }
}
