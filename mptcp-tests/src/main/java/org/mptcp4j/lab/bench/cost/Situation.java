package org.mptcp4j.lab.bench.cost;

import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** What a connection is in the middle of when a packet comes: the worst that a peer can prepare. */
enum Situation {
  /** Nothing waits. */
  TCP_IDLE("TCP, idle", false, false),
  /** Behind a hole there are as many pieces as the stack keeps. */
  TCP_PIECES("TCP, 16,000 pieces behind a hole", false, false),
  /** Much is in flight, and every second segment of its lower half was selectively acknowledged. */
  TCP_SACKED("TCP, flight of 3 MB, every 2nd segment SACKed", false, false),
  /** Nothing waits. */
  MPTCP_IDLE("MPTCP, idle", true, false),
  /** Pieces behind a hole, each with its mapping. */
  MPTCP_PIECES("MPTCP, 16,000 pieces behind a hole", true, false),
  /** Mappings that do not join, as many as fit. */
  MPTCP_MAPPINGS("MPTCP with checksums, 8,000 mappings", true, true),
  /** Pieces that are in order on the subflow, and behind a hole of the data stream. */
  MPTCP_DATA_PIECES("MPTCP, 16,000 pieces behind a data-level hole", true, false);

  /** Room before the first piece, which ordinary data may fill. */
  static final int HOLE_BYTES = 16 << 20;

  private static final int PIECES = 16_000;
  private static final int MAPPINGS = 8_000;
  private static final int STEP = 40;
  private static final int PIECE_BYTES = 20;
  private static final int FLIGHT_BYTES = 3 << 20;
  private static final int SEGMENT = 1448;

  private final String title;
  private final boolean mptcp;
  private final boolean checksums;

  Situation(String title, boolean mptcp, boolean checksums) {
    this.title = title;
    this.mptcp = mptcp;
    this.checksums = checksums;
  }

  String title() {
    return title;
  }

  boolean isMptcp() {
    return mptcp;
  }

  /** Where piece number {@code i} begins, counted from the SYN. */
  static long piece(int i) {
    return 1 + HOLE_BYTES + (long) i * STEP;
  }

  /** A connection in this situation. */
  Victim prepare() {
    Victim v = new Victim(checksums).connect(mptcp);
    switch (this) {
      case TCP_PIECES, MPTCP_PIECES -> pieces(v, PIECES);
      case MPTCP_MAPPINGS -> pieces(v, MAPPINGS);
      case MPTCP_DATA_PIECES -> dataPieces(v);
      case TCP_SACKED -> sacked(v);
      default -> {
        // idle
      }
    }
    v.takeSpentNs();
    return v;
  }

  private void pieces(Victim v, int count) {
    for (int i = 0; i < count; i++) {
      v.deliver(data(v, piece(i), PIECE_BYTES));
    }
  }

  private void dataPieces(Victim v) {
    for (int i = 0; i < PIECES; i++) {
      TxSegment s = v.segment(TcpFlags.ACK, v.sndNxt());
      int flags = Dss.ACK | Dss.ACK64 | Dss.MAP | Dss.DSN64;
      s.options().dss(flags, v.dataAck(1), v.dsn(piece(i)), v.sndNxt(), PIECE_BYTES);
      Victim.payload(s, PIECE_BYTES);
      v.deliver(s);
      v.sent(PIECE_BYTES);
    }
  }

  private void sacked(Victim v) {
    v.write(4 * FLIGHT_BYTES);
    int first = v.stackNxt();
    int una = first;
    while (v.stackNxt() - una < FLIGHT_BYTES) {
      una = v.stackNxt();
      v.deliver(v.segment(TcpFlags.ACK, v.sndNxt()));
      if (v.stackNxt() == una) {
        throw new IllegalStateException("the flight does not grow: " + (una - first));
      }
    }
    v.onlyRepeats();
    for (int at = SEGMENT; at < FLIGHT_BYTES / 2; at += 2 * SEGMENT) {
      TxSegment s = v.segment(TcpFlags.ACK, v.sndNxt()).ack(una);
      s.options().sack(1);
      s.options().sackBlock(una + at, una + at + SEGMENT);
      v.deliver(s);
    }
    v.unacknowledged(una);
  }

  /** Data at that number, mapped to the same place of the data stream. */
  TxSegment data(Victim v, long seq, int bytes) {
    TxSegment s = v.segment(TcpFlags.ACK, seq);
    if (mptcp) {
      int flags = Dss.ACK | Dss.ACK64 | Dss.MAP | Dss.DSN64;
      if (checksums) {
        int sum = DssChecksum.compute(v.dsn(seq), (int) seq, bytes, 0);
        s.options().dssWithChecksum(flags, v.dataAck(1), v.dsn(seq), (int) seq, bytes, sum);
      } else {
        s.options().dss(flags, v.dataAck(1), v.dsn(seq), (int) seq, bytes);
      }
    }
    Victim.payload(s, bytes);
    return s;
  }
}
