package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** SYN cookies: RFC 4987 section 3.6. */
class SynCookiesTest {
  private static final long MINUTE = SynCookies.PERIOD_NS;
  private static final long NOW = 17 * MINUTE + 12_345_678_901L;
  private static final int OFFSET = 987_654_321;
  private static final int PEER_ISS = -7;

  private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false, true);

  private final TcpConfig config = TcpConfig.defaults();
  private final SynCookies cookies = new SynCookies(11, 12);

  private static RxSegment segment(String from, int port, Consumer<TxSegment> rest) {
    boolean v4 = from.contains(".");
    TxSegment tx = new TxSegment();
    tx.src(IpAddress.parse(from)).srcPort(port);
    tx.dst(IpAddress.parse(v4 ? "10.0.0.1" : "fd00::1")).dstPort(80);
    rest.accept(tx);
    Packet packet = new Packet();
    tx.encodeInto(packet, HEAP);
    ByteBuf datagram = packet.linearize(HEAP);
    packet.release();
    RxSegment rx = new RxSegment();
    rx.parse(datagram, ChecksumState.PARTIAL, 0);
    return rx;
  }

  private static RxSegment syn(String from, int port, Consumer<TxSegment> options) {
    return segment(
        from, port, s -> options.accept(s.seq(PEER_ISS).flags(TcpFlags.SYN).window(65_535)));
  }

  private static RxSegment ack(String from, int port, int cookie, Consumer<TxSegment> options) {
    return segment(
        from, port, s -> options.accept(s.seq(PEER_ISS + 1).ack(cookie + 1).flags(TcpFlags.ACK)));
  }

  private static RxSegment syn() {
    return syn("10.0.0.2", 1000, s -> s.options().mss(1460));
  }

  private boolean isGood(long nowNs, RxSegment ack) {
    return cookies.check(nowNs, ack, OFFSET, config).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.2, 1460, 1460", "10.0.0.2, 1459, 1440", "10.0.0.2, 9000, 8940", "10.0.0.2, 600, 536",
    "10.0.0.2, 88, 48", "10.0.0.2, 0, 536", "fd00::2, 1440, 1440", "fd00::2, 0, 1220",
    "fd00::2, 1439, 1400", "fd00::2, 1220, 1220",
  })
  void theSegmentSizeIsRoundedDown(String peer, int offered, int told) {
    SynCookie cookie = answered(peer, offered);
    assertThat(cookie).isEqualTo(new SynCookie(cookie.iss(), told, -1, false, false));
  }

  /** What comes back of a SYN with that segment size, 0 for none. */
  private SynCookie answered(String peer, int mss) {
    RxSegment syn =
        syn(
            peer,
            1000,
            s -> {
              if (mss > 0) {
                s.options().mss(mss);
              }
            });
    int iss = cookies.iss(NOW, syn);
    return cookies.check(NOW, ack(peer, 1000, iss, s -> {}), OFFSET, config).orElseThrow();
  }

  // RFC 9293 section 3.7.1, MUST-16: no segment may be larger than what the peer said.
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.2", "fd00::2"})
  void noSegmentSizeIsToldThatIsLargerThanThePeers(String peer) {
    int before = 0;
    for (int mss = Handshake.LEAST_MSS; mss <= 65_535; mss++) {
      int told = answered(peer, mss).mss();
      assertThat(told).isBetween(Handshake.LEAST_MSS, mss);
      // The largest that can be told: it changes only where it is the peer's own.
      assertThat(told).isIn(before, mss);
      before = told;
    }
    assertThat(before).isEqualTo(8_940);
  }

  // A size that no stack takes at its word is that of the least.
  @ParameterizedTest
  @CsvSource({"10.0.0.2, 1", "10.0.0.2, 47", "fd00::2, 1", "fd00::2, 47"})
  void whatIsLessThanTheLeastIsTheLeast(String peer, int offered) {
    assertThat(answered(peer, offered).mss()).isEqualTo(Handshake.LEAST_MSS);
  }

  @ParameterizedTest
  @CsvSource({
    "0, true",
    "7, true",
    "14, true",
    "-1, true",
    "0, false",
    "7, false",
    "14, false",
    "-1, false",
  })
  void otherOptionsComeBackInTheTimestamp(int scale, boolean sack) {
    // RFC 7323 section 3: TSecr is what TSval was.
    RxSegment syn =
        syn(
            "10.0.0.2",
            1000,
            s -> {
              s.options().mss(1460);
              if (sack) {
                s.options().sackPermitted();
              }
              s.options().timestamps(1, 0);
              if (scale >= 0) {
                s.options().windowScale(scale);
              }
            });
    for (int ms = 0; ms < 200; ms++) {
      long now = NOW + ms * 1_000_000L;
      int stamp = SynCookies.timestamp(now, syn, OFFSET, config);
      int clock = TimestampClock.value(now, OFFSET);
      assertThat(clock - stamp).as("never from the future").isBetween(0, 127);
      int iss = cookies.iss(now, syn);
      RxSegment ack = ack("10.0.0.2", 1000, iss, s -> s.options().timestamps(2, stamp));
      assertThat(cookies.check(now, ack, OFFSET, config))
          .contains(new SynCookie(iss, 1460, scale, sack, true));
    }
  }

  @Test
  void aCookieIsGoodForOneMinuteAndRefusedAfterTwo() {
    int iss = cookies.iss(NOW, syn());
    RxSegment ack = ack("10.0.0.2", 1000, iss, s -> {});
    assertThat(isGood(NOW + MINUTE, ack)).isTrue();
    assertThat(isGood(18 * MINUTE + MINUTE - 1, ack)).isTrue();
    assertThat(isGood(19 * MINUTE, ack)).isFalse();
    assertThat(isGood(21 * MINUTE, ack)).isFalse();
  }

  @Test
  void secretsRotate() {
    Set<Integer> seen = new HashSet<>();
    for (int minute = 0; minute < 100; minute++) {
      seen.add(cookies.iss(minute * MINUTE, syn()));
    }
    assertThat(seen).hasSize(100);
  }

  @Test
  void timeMayBeNegative() {
    int iss = cookies.iss(-NOW, syn());
    assertThat(isGood(-NOW + MINUTE, ack("10.0.0.2", 1000, iss, s -> {}))).isTrue();
    assertThat(isGood(-NOW + 2 * MINUTE, ack("10.0.0.2", 1000, iss, s -> {}))).isFalse();
  }

  @Test
  void everythingThatNamesTheHandshakeCounts() {
    int iss = cookies.iss(NOW, syn());
    assertThat(isGood(NOW, ack("10.0.0.2", 1000, iss, s -> {}))).isTrue();
    assertThat(isGood(NOW, ack("10.0.0.3", 1000, iss, s -> {}))).isFalse();
    assertThat(isGood(NOW, ack("10.0.0.2", 1001, iss, s -> {}))).isFalse();
    assertThat(isGood(NOW, ack("10.0.0.2", 1000, iss, s -> s.dstPort(81)))).isFalse();
    assertThat(isGood(NOW, ack("10.0.0.2", 1000, iss, s -> s.seq(PEER_ISS + 2)))).isFalse();
    for (int bit = 0; bit < 32; bit++) {
      assertThat(isGood(NOW, ack("10.0.0.2", 1000, iss ^ 1 << bit, s -> {}))).isFalse();
    }
    SynCookies others = new SynCookies(11, 13);
    assertThat(others.check(NOW, ack("10.0.0.2", 1000, iss, s -> {}), OFFSET, config)).isEmpty();
  }

  @Test
  void guessingFails() {
    SplittableRandom random = new SplittableRandom(5);
    int found = 0;
    for (int i = 0; i < 200_000; i++) {
      found += isGood(NOW, ack("10.0.0.2", 1000, random.nextInt(), s -> {})) ? 1 : 0;
    }
    assertThat(found).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void aKeyIsComputedAgainFromTheAcknowledgement(int attempt) {
    long key = cookies.key(NOW, syn(), attempt);
    RxSegment ack = ack("10.0.0.2", 1000, cookies.iss(NOW, syn()), s -> {});
    assertThat(cookies.isKey(NOW + MINUTE, ack, key, 4)).isTrue();
    assertThat(cookies.isKey(NOW + MINUTE, ack, key, attempt)).isFalse();
    assertThat(cookies.isKey(NOW, ack, key + 1, 4)).isFalse();
    assertThat(cookies.key(NOW, syn("10.0.0.2", 1001, s -> {}), attempt)).isNotEqualTo(key);
  }
}
