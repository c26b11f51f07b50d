package org.mptcp4j.testkit.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.testkit.segment.SegmentMatcher.segment;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.SYN;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.TxSegment;

class SegmentMatcherTest {
  private static final int ISS = 0xfffffff0;
  private static final int IRS = 77;

  /** A segment of an end whose first byte has relative number 1. */
  private static WireSegment seen(Consumer<TxSegment> change) {
    Packet packet = packet(change);
    WireSegment raw = WireSegment.of(1_500_000_000, packet).orElseThrow();
    packet.release();
    return raw.relativeTo(ISS, IRS);
  }

  private static Packet packet(Consumer<TxSegment> change) {
    TxSegment s = new TxSegment();
    s.src(IpAddress.parse("10.1.0.2")).srcPort(80);
    s.dst(IpAddress.parse("10.1.0.1")).dstPort(40_000);
    s.seq(ISS + 1).ack(IRS + 1).flags(ACK).window(500);
    change.accept(s);
    Packet packet = new Packet();
    s.encodeInto(packet, UnpooledByteBufAllocator.DEFAULT);
    return packet;
  }

  private static Consumer<TxSegment> carrying(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return s -> s.addPayload(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
  }

  @Test
  void whatIsNotSaidMayBeAsItIs() {
    WireSegment synAck =
        seen(s -> s.seq(ISS).flags(SYN | ACK).options().mptcp(MpCapable.synAck(1, 5)));
    assertThat(segment().test(synAck)).isTrue();
    assertThat(segment().ack(1).flags(SYN, ACK).option(MpCapable.class).test(synAck)).isTrue();
    assertThatCode(() -> segment().seq(0).option(MpCapable.synAck(1, 5)).check(synAck))
        .doesNotThrowAnyException();
  }

  @Test
  void aFailureShowsExpectedAndSeenSideBySide() {
    WireSegment ack = seen(s -> s.options().mptcp(MpCapable.synAck(1, 5)));
    SegmentMatcher expected =
        segment().ack(1).flags(SYN, ACK).option(MpCapable.syn(0x81)).option(MpPrio.class);
    assertThatThrownBy(() -> expected.check(ack))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            """
            the segment is not as expected
                      expected                seen
              ack     1                       1
            ! flags   SYN|ACK                 ACK
            ! option  MP_CAPABLE v1 flags AH  MP_CAPABLE v1 flags H key 0000000000000005
            ! option  MP_PRIO                 absent
              in 1.500000 s 10.1.0.2:80 > 10.1.0.1:40000 ACK seq 1 ack 1 win 500 len 0 \
            [MP_CAPABLE v1 flags H key 0000000000000005]\
            """);
  }

  @Test
  void numbersAreRelativeAndWrap() {
    WireSegment late = seen(carrying("0123456789abcdefg").andThen(s -> s.seq(ISS + 20)));
    assertThat(late.seq()).isEqualTo(20);
    assertThat(late.rawSeq()).isEqualTo(4);
    assertThat(segment().seq(20).rawSeq(4).rawAck(78).length(17).test(late)).isTrue();
    assertThat(segment().seq(4).test(late)).isFalse();
  }

  @Test
  void payloadIsComparedToTheLastByte() {
    String text = "x".repeat(100);
    WireSegment s = seen(carrying(text));
    assertThat(segment().payload(text).test(s)).isTrue();
    assertThat(segment().payload(text.substring(1) + "y").test(s)).isFalse();
    assertThat(segment().payload("hello").compare(s))
        .contains(
            "! payload  \"hello\"   \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"... (100 bytes");
    assertThat(segment().payload(new byte[] {0, 1}).compare(s)).contains("! payload  0001 ");
  }

  @Test
  void dataSequenceNumbersOfBothWidthsAreCompared() {
    long dsn = 0x1_2345_6789L;
    WireSegment wide = seen(s -> s.options().dssAck64Map64(dsn + 5, dsn, 1, 10));
    WireSegment narrow =
        seen(s -> s.options().dss(5, (dsn + 5) & 0xffffffffL, dsn & 0xffffffffL, 1, 10));
    for (WireSegment s : new WireSegment[] {wide, narrow}) {
      assertThat(segment().dataAck(dsn + 5).mapping(dsn, 1, 10).test(s)).isTrue();
      assertThat(segment().dataAck(dsn + 4).test(s)).isFalse();
      assertThat(segment().mapping(dsn, 1, 11).test(s)).isFalse();
      assertThat(segment().dataFin().test(s)).isFalse();
    }
    assertThat(segment().dataAck(1).compare(seen(s -> {})))
        .contains("! data ack  1         no DSS");
    assertThat(segment().dataFin().test(seen(s -> s.options().dss(0x1c, 0, dsn, 0, 1)))).isTrue();
  }

  @Test
  void optionsThatMustNotBeThere() {
    WireSegment plain = seen(s -> s.flags(FIN | ACK));
    WireSegment prio = seen(s -> s.options().mptcp(MpPrio.ofSubflow(true)));
    assertThat(segment().noMptcp().noOption(DssOption.class).flag(FIN).test(plain)).isTrue();
    assertThat(segment().noMptcp().test(prio)).isFalse();
    assertThat(segment().noOption(MpPrio.class).compare(prio))
        .contains("! option  no MP_PRIO  MP_PRIO backup");
    assertThat(segment().option(MpPrio.class, "for normal", o -> !o.backup()).compare(prio))
        .contains("! option  MP_PRIO for normal  MP_PRIO backup");
    assertThat(segment().noFlag(FIN).test(plain)).isFalse();
  }

  @Test
  void aLogShowsTheNearest() {
    SegmentLog log = new SegmentLog("client");
    assertThatThrownBy(() -> log.requireSent(segment().flags(SYN)))
        .hasMessage("client sent no such segment, nor any other; expected: segment with flags SYN");
    show(log, s -> s.seq(ISS).flags(SYN).options().mss(1460));
    show(log, carrying("hello"));
    assertThat(log.requireSent(segment().seq(1)).length()).isEqualTo(5);
    assertThatThrownBy(() -> log.requireSent(segment().seq(1).payload("hullo")))
        .hasMessageStartingWith(
            """
            client sent no such segment; the nearest is
                       expected  seen
              seq      1         1
            ! payload  "hullo"   "hello"
              in 0.000000 s 10.1.0.2:80 > 10.1.0.1:40000 ACK seq 1\
            """)
        .hasMessageContaining("\nof\n  0.000000 s 10.1.0.2:80 > 10.1.0.1:40000 SYN seq 0");
    log.clear();
    show(log, carrying("again"));
    assertThat(log.sent()).singleElement().matches(s -> s.seq() == 1);
  }

  private static void show(SegmentLog log, Consumer<TxSegment> change) {
    Packet packet = packet(change);
    log.sentTap().packet(0, packet);
    packet.release();
  }

  @Test
  void whatIsNoSegmentIsCounted() {
    Packet packet = new Packet();
    packet.header(Unpooled.wrappedBuffer(new byte[30]));
    SegmentLog log = new SegmentLog("client");
    log.receivedTap().packet(0, packet);
    packet.release();
    assertThat(log.received()).isEmpty();
    assertThat(log.others()).isEqualTo(1);
  }
}
