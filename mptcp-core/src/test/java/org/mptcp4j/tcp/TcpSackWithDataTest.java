package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 2018 section 4: segments with data tell of what came beyond a hole, too. */
class TcpSackWithDataTest {

  private static final int MSS = 1448;

  private ScriptedPeer peer = new ScriptedPeer().established();

  @AfterEach
  void noBufferIsLeft() {
    peer.drain();
    peer.assertNoLeaks();
  }

  /** Segments of 100 bytes come, each behind a hole of its own. */
  private void holes(int count) {
    for (int i = 0; i < count; i++) {
      peer.data(101 + 200 * i, 100);
    }
    peer.sent();
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1448", "1, 1, 1436", "2, 2, 1428", "3, 3, 1420", "4, 3, 1420"})
  void asManyBlocksAsFitTakeTheirBytesOffThePayload(int holes, int blocks, int payload) {
    peer.ack(1);
    holes(holes);
    peer.write(4 * MSS);
    int sent = 0;
    for (ScriptedPeer.Sent s : peer.sent()) {
      assertThat(s.sack()).hasSize(2 * blocks);
      assertThat(s.gsoSize()).isEqualTo(payload);
      sent += s.length();
    }
    assertThat(sent).isEqualTo(4 * MSS);
    assertThat(peer.sock.payloadMss()).isEqualTo(payload);
    assertThat(peer.sock.mssBytes()).isEqualTo(MSS);
    assertThat(peer.sock.info().sndMss()).isEqualTo(MSS);
  }

  @Test
  void withoutTimestampsFourBlocksFit() {
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.timestamps(false).quickAcks(0)).build())
            .established();
    holes(4);
    peer.write(2 * MSS);
    ScriptedPeer.Sent s = peer.sent().get(0);
    assertThat(s.sack()).containsExactly(701, 801, 501, 601, 301, 401, 101, 201);
    assertThat(s.gsoSize()).isEqualTo(1460 - 36);
  }

  @Test
  void whenTheHoleIsFilledSegmentsAreFullAgain() {
    holes(1);
    peer.write(2 * MSS);
    assertThat(peer.one().sack()).containsExactly(101, 201);
    peer.data(1, 100);
    peer.sent();
    peer.write(2 * MSS);
    ScriptedPeer.Sent s = peer.one();
    assertThat(s.sack()).isEmpty();
    assertThat(s.gsoSize()).isEqualTo(MSS);
  }

  @Test
  void whatIsSentAgainCarriesThemToo() {
    peer.ack(1);
    peer.write(6 * MSS);
    peer.sent();
    peer.nowNs += 10 * MS;
    holes(1);
    peer.sack(1, 1 + MSS, 1 + 6 * MSS);
    List<ScriptedPeer.Sent> again = peer.sent();
    assertThat(again.stream().mapToInt(ScriptedPeer.Sent::length).sum()).isEqualTo(MSS);
    // In packets that are no longer than those before.
    assertThat(again).allMatch(s -> s.gsoSize() == MSS - 12);
    assertThat(again).allSatisfy(s -> assertThat(s.sack()).containsExactly(101, 201));
  }

  @Test
  void withoutSackThereAreNone() {
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.sack(false).quickAcks(0)).build())
            .established();
    holes(1);
    peer.write(2 * MSS);
    ScriptedPeer.Sent s = peer.one();
    assertThat(s.sack()).isEmpty();
    assertThat(s.gsoSize()).isEqualTo(MSS);
  }
}
