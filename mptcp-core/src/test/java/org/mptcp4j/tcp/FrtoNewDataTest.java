package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.wire.TcpFlags;

/**
 * RFC 5682 sections 2.1 and 3.1, step 2b: after the first answer to a timeout new data leaves, if
 * it can; if it cannot, because there is none or the window of the peer keeps it back, the recovery
 * goes on as it would without F-RTO, at once. Ten segments of 1,460 bytes are in flight, windows
 * are told in units of 128 bytes.
 */
class FrtoNewDataTest {
  private static final long MS = ScriptedPeer.MS;
  private static final int MSS = 1_460;

  private ScriptedPeer peer;

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private static int at(int segment) {
    return 1 + segment * MSS;
  }

  /** Ten segments, a timeout, the first of them again. */
  private void timeout(boolean sack) {
    peer =
        new ScriptedPeer(
                TcpConfig.builder()
                    .options(o -> o.timestamps(false).sack(sack).quickAcks(0))
                    .build())
            .established();
    peer.ack(1);
    peer.write(10 * MSS);
    peer.sent();
    peer.nowNs += 10 * MS;
    while ((peer.sock.notices() & TcpNotice.RTO_FIRED) == 0) {
      peer.expire();
      if (peer.sock.backoffs() == 0) {
        peer.sent();
      }
    }
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.nowNs += 10 * MS;
  }

  /** The second of ten arrives nowhere; so much of the window is open beyond what is in flight. */
  private void answer(int open) {
    int units = (9 * MSS + open + 127) / 128;
    peer.arrive(1, at(1), TcpFlags.ACK, 0, s -> s.window(units));
  }

  @ParameterizedTest
  @CsvSource({
    // written, open
    "0, 100000",
    "0, 0",
    "0, -2000",
    "1, -128",
    "5000, -2000",
    "5000, -128",
    "5000, 0",
    "5000, 100",
    "5000, 700",
    "5000, 1300",
    "1460, 500",
    "100000, 1300",
    "700, 500",
  })
  void whatIsLostIsSentAgainWhenNoNewDataCanBe(int written, int open) {
    for (boolean sack : new boolean[] {false, true}) {
      timeout(sack);
      peer.write(written);
      answer(open);
      assertThat(peer.sent())
          .isNotEmpty()
          .allSatisfy(s -> assertThat(s.offset()).isBetween(at(1), at(3)));
      peer.assertNoLeaks();
    }
  }

  @ParameterizedTest
  @CsvSource({
    // written, open, leaves
    "1, 100, 1",
    "500, 500, 500",
    "1460, 1460, 1460",
    "5000, 1460, 1460",
    "5000, 100000, 2920",
    "1461, 100000, 1461",
  })
  void newDataLeavesWhenItCan(int written, int open, int leaves) {
    for (boolean sack : new boolean[] {false, true}) {
      timeout(sack);
      peer.write(written);
      answer(open);
      ScriptedPeer.Sent fresh = peer.one();
      assertThat(fresh.offset()).isEqualTo(at(10));
      assertThat(fresh.length()).isEqualTo(leaves);
      peer.assertNoLeaks();
    }
  }
}
