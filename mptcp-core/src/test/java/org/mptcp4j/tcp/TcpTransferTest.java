package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.TestWire.MS;

import org.junit.jupiter.api.Test;

/** Whole transfers between two sockets in virtual time. */
class TcpTransferTest {

  private static boolean finished(TestWire wire) {
    return wire.client.sock.state() == TcpState.CLOSED
        && wire.server.sock != null
        && wire.server.sock.state() == TcpState.CLOSED;
  }

  /** Loss, reordering, duplication, both directions, super-segments cut or not. */
  @Test
  void everySeedArrivesIntactAndCloses() {
    for (int seed = 0; seed < 300; seed++) {
      TestWire wire = new TestWire(seed);
      try {
        transfer(seed, wire);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void transfer(int seed, TestWire wire) {
    wire.loss = wire.random.nextInt(6) / 100.0;
    wire.reorder = wire.random.nextInt(4) == 0 ? 0.05 : 0;
    wire.duplicate = wire.random.nextInt(4) == 0 ? 0.02 : 0;
    wire.delayNs = (1 + wire.random.nextInt(40)) * MS;
    wire.bitsPerSecond = wire.random.nextBoolean() ? 0 : 20_000_000L;
    wire.cut = seed % 3 != 0;
    wire.client.pieceSize = seed % 7 == 0 ? 300 : 20_000;
    wire.client.window.segmentLimit = seed % 5 == 0 ? 2_777 : Integer.MAX_VALUE;
    wire.connect(seed % 2 == 0 ? -1_000 : seed);
    wire.client.toWrite = 200_000 + wire.random.nextInt(400_000);
    wire.server.toWrite = wire.random.nextInt(300_000);
    long up = wire.client.toWrite;
    wire.client.closeWhenWritten = true;
    wire.server.closeOnEof = true;
    wire.run(
        () -> wire.server.sock != null && wire.server.readBytes == up && finished(wire),
        240_000 * MS);
    assertThat(wire.server.readBytes).isEqualTo(wire.client.written);
    assertThat(wire.client.readBytes).isEqualTo(wire.server.written);
    assertThat(wire.client.allNotices & (TcpNotice.TIMED_OUT | TcpNotice.RESET)).isZero();
    wire.assertNoLeaks();
  }

  @Test
  void fillsALosslessPath() {
    TestWire wire = new TestWire(1).established();
    wire.bitsPerSecond = 100_000_000L;
    wire.client.toWrite = 50_000_000;
    wire.run(() -> wire.server.readBytes > 5_000_000, 20_000 * MS);
    long from = wire.nowNs;
    long read = wire.server.readBytes;
    wire.run(() -> wire.server.readBytes == 50_000_000, 20_000 * MS);
    double rate = (wire.server.readBytes - read) * 8e9 / (wire.nowNs - from);
    // 1448 of every 1500 bytes are payload.
    assertThat(rate).isGreaterThan(0.9 * 100_000_000L);
    wire.assertNoLeaks();
  }
}
