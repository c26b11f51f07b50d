package org.mptcp4j.link.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.TestSegments;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;

class LinkEmulatorTest {
  private static final long START_NS = 5_000_000_000L;

  /** 10 Mb/s: a packet of 1000 bytes takes 800 us. */
  private static final LinkProfile SLOW = LinkProfile.of(10_000_000, LinkProfile.millis(20));

  /** Headers of an IPv4 segment with timestamps. */
  private static final int HEADERS = 20 + 32;

  private record Out(long timeNs, int link, int seq, int bytes) {}

  private final List<Out> out = new ArrayList<>();
  private final PacketBatch batch = new PacketBatch(4);
  private final RxSegment rx = new RxSegment();
  private LinkEmulator emulator;
  private IcmpError error;

  private void start(LinkProfile forward, LinkProfile backward, LinkEmulator.TooBig tooBig) {
    emulator = new LinkEmulator(1, ByteBufAllocator.DEFAULT, forward, backward, tooBig);
  }

  @AfterEach
  void close() {
    emulator.close();
  }

  private void send(long timeNs, int link, int seq, int payload, int gsoSize) {
    send(timeNs, link, seq, payload, gsoSize, TestSegments.V4_A, TestSegments.V4_B);
  }

  private void send(
      long timeNs, int link, int seq, int payload, int gsoSize, IpAddress from, IpAddress to) {
    Packet packet = TestSegments.packet(from, to, seq, TestSegments.bytes(payload, seq));
    packet.gsoSize(gsoSize);
    packet.linkIndex(link);
    packet.moveTo(batch.add());
    emulator.onPackets(START_NS + timeNs, batch);
    take(timeNs);
  }

  private void take(long timeNs) {
    boolean full;
    do {
      emulator.pollTransmit(START_NS + timeNs, batch);
      full = batch.isFull();
      for (int i = 0; i < batch.size(); i++) {
        Packet packet = batch.get(i);
        ParseVerdict verdict = rx.parse(packet);
        if (verdict == ParseVerdict.NOT_TCP) {
          error = IcmpError.decode(rx).orElseThrow();
        } else {
          assertThat(verdict).isEqualTo(ParseVerdict.OK);
          out.add(new Out(timeNs, packet.linkIndex(), rx.seq(), packet.length()));
        }
      }
      batch.clear();
    } while (full);
  }

  /** Drives it as a loop does that is late by so much each time. */
  private void run(long lateNs) {
    for (long next = emulator.nextTimeoutNs();
        next != Long.MAX_VALUE;
        next = emulator.nextTimeoutNs()) {
      emulator.onTimeout(next + lateNs);
      take(next + lateNs - START_NS);
    }
  }

  @Test
  void aSuperSegmentLeavesInPiecesAtTheRateOfTheLink() {
    start(SLOW, LinkProfile.perfect(), LinkEmulator.TooBig.DROP);
    assertThat(emulator.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
    send(0, 0, 1, 5 * 948, 948);
    run(0);
    assertThat(out)
        .containsExactly(
            new Out(20_800_000, 1, 1, 1000),
            new Out(21_600_000, 1, 949, 1000),
            new Out(22_400_000, 1, 1897, 1000),
            new Out(23_200_000, 1, 2845, 1000),
            new Out(24_000_000, 1, 3793, 1000));
    assertThat(emulator.forward().counters().deliveredPackets()).isEqualTo(5);
  }

  @Test
  void aDriverThatIsLateChangesNoRate() {
    start(SLOW, LinkProfile.perfect(), LinkEmulator.TooBig.DROP);
    send(0, 0, 1, 1000 - HEADERS, 0);
    send(100_000, 0, 2, 1000 - HEADERS, 0);
    run(300_000);
    assertThat(out).extracting(Out::timeNs).containsExactly(21_100_000L, 21_900_000L);
  }

  @Test
  void bothDirectionsHaveTheirOwn() {
    start(SLOW, SLOW.delay(LinkProfile.millis(1)), LinkEmulator.TooBig.DROP);
    send(0, 0, 1, 1000 - HEADERS, 0);
    send(0, 1, 2, 1000 - HEADERS, 0);
    run(0);
    assertThat(out)
        .containsExactly(new Out(1_800_000, 0, 2, 1000), new Out(20_800_000, 1, 1, 1000));
  }

  @Test
  void whatTheQueueHasNoRoomForIsCounted() {
    start(SLOW.queueBytes(2500), LinkProfile.perfect(), LinkEmulator.TooBig.DROP);
    send(0, 0, 1, 5 * 948, 948);
    run(0);
    assertThat(out).extracting(Out::seq).containsExactly(1, 949);
    assertThat(emulator.forward().counters().drops(DropReason.QUEUE_FULL)).isEqualTo(3);
  }

  // RFC 1191 section 4, RFC 4443 section 3.2: what does not fit is answered with the size that
  // does.
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1 10.0.0.2", "fd00::1 fd00::2"})
  void whatIsTooBigIsReportedToItsSender(String addresses) {
    IpAddress from = IpAddress.parse(addresses.split(" ")[0]);
    IpAddress to = IpAddress.parse(addresses.split(" ")[1]);
    start(SLOW.mtu(1300), SLOW.mtu(1300), LinkEmulator.TooBig.REPORT);
    send(0, 1, 77, 3 * 1400, 1400, from, to);
    run(0);
    assertThat(out).isEmpty();
    assertThat(error.mtu()).isEqualTo(1300);
    assertThat(error.src()).isEqualTo(from);
    assertThat(error.dst()).isEqualTo(to);
    assertThat(emulator.backward().counters().drops(DropReason.TOO_BIG)).isEqualTo(3);
  }

  @Test
  void orItIsNot() {
    start(SLOW.mtu(1300), SLOW.mtu(1300), LinkEmulator.TooBig.DROP);
    send(0, 0, 77, 1400, 0);
    run(0);
    assertThat(out).isEmpty();
    assertThat(error).isNull();
    assertThat(emulator.forward().counters().drops(DropReason.TOO_BIG)).isEqualTo(1);
  }

  @Test
  void whatIsOnItsWayIsReleasedAtTheEnd() {
    start(SLOW, SLOW, LinkEmulator.TooBig.DROP);
    Packet packet = TestSegments.packet(TestSegments.V4_A, TestSegments.V4_B, 1, new byte[100]);
    packet.moveTo(batch.add());
    emulator.onPackets(START_NS, batch);
    assertThat(emulator.nextTimeoutNs()).isGreaterThan(START_NS);
    emulator.close();
    assertThat(emulator.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
  }
}
