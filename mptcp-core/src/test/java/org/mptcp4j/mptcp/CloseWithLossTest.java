package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketError;

/**
 * Who closes and does not read what the peer sends: what was written arrives, then a reset. RFC
 * 1122 section 4.2.2.13.
 */
class CloseWithLossTest {
  private static final long S = 1_000 * TestNet.MS;

  /** When the bytes that nobody reads come. */
  private enum Unread {
    BEFORE_CLOSE,
    AFTER_CLOSE,
    FROM_BEFORE_ON
  }

  private TestNet net;
  private TestApp closer;
  private TestApp peer;

  @AfterEach
  void close() {
    net.close();
    net.client.apps.forEach(a -> assertThat(a.leaked()).as("client's buffers").isZero());
    net.server.apps.forEach(a -> assertThat(a.leaked()).as("server's buffers").isZero());
  }

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (boolean mptcp : new boolean[] {true, false}) {
      for (boolean byClient : new boolean[] {true, false}) {
        for (Unread unread : Unread.values()) {
          for (int written : new int[] {0, 500, 400_000}) {
            cases.add(Arguments.of(mptcp, byClient, unread, written));
          }
        }
      }
    }
    return cases;
  }

  private void start(int paths, boolean mptcp, boolean byClient, int bufferBytes) {
    net = new TestNet(paths, paths);
    for (TestHost host : List.of(net.client, net.server)) {
      host.config =
          TestHost.config(
              c ->
                  c.mptcp(mptcp ? MptcpMode.ENABLED : MptcpMode.DISABLED)
                      .buffers(
                          b ->
                              b.receive(BufferRange.fixed(bufferBytes))
                                  .send(BufferRange.fixed(1 << 20))));
    }
    net.server.acceptedFinish = false;
    TestApp client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(S / 2);
    TestApp server = net.server.apps.get(0);
    closer = byClient ? client : server;
    peer = byClient ? server : client;
    closer.closeAtEnd = false;
    peer.closeAtEnd = false;
    closer.reading = false;
  }

  // Linux: data that comes with the FIN, to a socket that is closed and waits for that FIN, is
  // answered by a reset too.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void dataOnTheFinThatIsWaitedForIsLostToo(boolean byClient) {
    start(1, false, byClient, 1 << 20);
    closer.connection.meta().close();
    net.run(S);
    assertThat(closer.connection.meta().life()).isEqualTo(Life.FIN_WAIT_2);
    peer.toSend = peer.sent + 10;
    peer.finish = true;
    net.run(S);
    assertThat(closer.connection.meta().error()).isEqualTo(SocketError.ECONNABORTED);
    assertThat(peer.connection.meta().error()).isEqualTo(SocketError.ECONNRESET);
  }

  private void writeAndClose(int bytes) {
    closer.toSend = closer.sent + bytes;
    closer.run();
    closer.connection.meta().close();
  }

  private void assertAnswered(long bytes) {
    assertThat(peer.received).isEqualTo(bytes);
    assertThat(peer.wrongAt).isEqualTo(-1);
    assertReset();
  }

  private void assertReset() {
    assertThat(peer.connection.meta().error()).isEqualTo(SocketError.ECONNRESET);
    assertThat(closer.connection.done()).isTrue();
    assertThat(peer.connection.done()).isTrue();
    assertThat(net.client.flows() + net.server.flows()).isZero();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatWasWrittenIsSentBeforeTheReset(
      boolean mptcp, boolean byClient, Unread unread, int written) {
    start(mptcp ? 2 : 1, mptcp, byClient, 256 << 10);
    long before = peer.received;
    if (unread != Unread.AFTER_CLOSE) {
      peer.toSend += unread == Unread.BEFORE_CLOSE ? 2_000 : 2_000_000;
      net.run(S);
      assertThat(closer.connection.meta().readableBytes()).isGreaterThan(1_000);
    }
    writeAndClose(written);
    if (unread == Unread.AFTER_CLOSE) {
      peer.toSend += 2_000;
    }
    net.run(4 * S);
    assertAnswered(before + written);
    assertThat(closer.connection.meta().error()).isEqualTo(SocketError.ECONNABORTED);
    assertThat(closer.connection.meta().readableBytes()).isZero();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossesDoNotChangeThat(boolean mptcp, boolean byClient, Unread unread, int written) {
    start(mptcp ? 2 : 1, mptcp, byClient, 256 << 10);
    long before = peer.received;
    if (unread != Unread.AFTER_CLOSE) {
      peer.toSend += 2_000;
      net.run(S);
    }
    int[] left = {2};
    net.paths[0].drop = d -> Cutter.payload(d) > 0 && left[0]-- > 0;
    writeAndClose(written);
    if (unread != Unread.BEFORE_CLOSE) {
      peer.toSend += 2_000;
    }
    net.run(20 * S);
    assertAnswered(before + written);
  }

  // The peer does not read either: what its window admits arrives, and the reset soon.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theWindowStaysClosed(boolean mptcp) {
    start(1, mptcp, false, 64 << 10);
    peer.reading = false;
    peer.toSend += 2_000;
    net.run(S);
    writeAndClose(300_000);
    net.run(4 * S);
    assertThat(closer.connection.done()).isFalse();
    net.run(4 * S);
    assertReset();
    assertThat(peer.connection.meta().readableBytes()).isBetween(60_000L, 67_000L);
    assertThat(closer.connection.meta().error()).isEqualTo(SocketError.ETIMEDOUT);
  }

  // A peer that sends for ever costs no more than the window it was promised.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thePeerGoesOnSending(boolean mptcp) {
    start(1, mptcp, false, 64 << 10);
    int away = 2;
    net.paths[0].drop = d -> d.getByte(d.readerIndex() + 15) == away && Cutter.payload(d) > 0;
    peer.toSend += 5_000_000;
    writeAndClose(500);
    net.run(2 * S);
    assertThat(closer.connection.done()).isFalse();
    assertThat(closer.connection.meta().readableBytes()).isZero();
    assertThat(closer.connection.meta().bytesReceived()).isBetween(60_000L, 90_000L);
    net.run(10 * S);
    assertThat(closer.connection.done()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAbortDoesNotWait(boolean mptcp) {
    start(1, mptcp, false, 64 << 10);
    peer.reading = false;
    peer.toSend += 2_000;
    net.run(S);
    writeAndClose(300_000);
    net.run(S);
    closer.connection.meta().abort();
    net.run(S / 2);
    assertReset();
    assertThat(closer.connection.meta().error()).isEqualTo(SocketError.ECONNABORTED);
  }

  // RFC 8684 section 3.3.3: the last data, with the DATA_FIN, comes when our side has finished.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theLastDataComesWithTheEnd(boolean byClient) {
    start(1, true, byClient, 64 << 10);
    writeAndClose(500);
    net.run(S);
    assertThat(closer.connection.meta().life()).isEqualTo(Life.FIN_WAIT_2);
    peer.finish = true;
    peer.toSend += 2_000;
    net.run(S);
    assertReset();
    assertThat(closer.connection.meta().error()).isEqualTo(SocketError.ECONNABORTED);
  }

  // Both ends write and finish at once: an acknowledgement of the peer's end would be all it needs
  // to believe that its bytes were read.
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void bytesAndTheirEndCrossOurs(boolean mptcp, boolean byClient) {
    start(1, mptcp, byClient, 64 << 10);
    closer.reading = true;
    closer.run();
    peer.finish = true;
    peer.toSend += 2_000;
    writeAndClose(500);
    peer.run();
    net.run(4 * S);
    assertReset();
    assertThat(closer.connection.meta().error()).isEqualTo(SocketError.ECONNABORTED);
    assertThat(closer.connection.meta().endOfStream()).as("bytes were thrown away").isFalse();
  }

  @Test
  void allThatWasReadClosesInOrder() {
    start(2, true, false, 64 << 10);
    closer.reading = true;
    peer.finish = true;
    net.run(S);
    writeAndClose(400_000);
    net.run(10 * S);
    assertThat(peer.received).isEqualTo(400_000);
    assertThat(peer.connection.meta().error()).isEqualTo(SocketError.NONE);
    assertThat(closer.connection.meta().error()).isEqualTo(SocketError.NONE);
  }
}
