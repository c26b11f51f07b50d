package org.mptcp4j.testkit.byhand;

import java.nio.charset.StandardCharsets;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.mptcp.MetaSock;
import org.mptcp4j.mptcp.StackMemory;

/**
 * One {@link MetaSock} alone: the data level of a connection, without a subflow. The test is its
 * application, its scheduler and its peer.
 *
 * <pre>{@code
 * MetaSockByHand meta = MetaSockByHand.established(ConnectionConfig.defaults());
 * meta.writes("hello");
 * MetaSockByHand.Range out = meta.sends(3);    // "hel", from FIRST_DSN on
 * meta.acknowledges(out.end(), 65_535);
 * meta.arrives(MetaSockByHand.PEER_FIRST_DSN, "answer");
 * meta.reads();                                // "answer"
 * }</pre>
 */
public final class MetaSockByHand implements AutoCloseable {
  /** Data sequence number of the first byte that it sends. */
  public static final long FIRST_DSN = 1_000;

  /** Data sequence number of the first byte that the peer sends. */
  public static final long PEER_FIRST_DSN = 500_000;

  /** Window of the peer until a DATA_ACK says another. */
  public static final int WINDOW = 65_535;

  /**
   * Bytes of data sequence space.
   *
   * @param dsn of the first
   * @param text a byte for each character
   */
  public record Range(long dsn, String text) {
    /** Data sequence number behind the last. */
    public long end() {
      return dsn + text.length();
    }
  }

  private final MibCounts counters = new MibCounts();
  private final MetaSock meta;

  private MetaSockByHand(ConnectionConfig config) {
    meta = new MetaSock(config, FIRST_DSN, counters, StackMemory.UNLIMITED);
  }

  /** One whose connection is established. */
  public static MetaSockByHand established(ConnectionConfig config) {
    MetaSockByHand hand = new MetaSockByHand(config);
    hand.meta.learnPeer(PEER_FIRST_DSN, WINDOW);
    hand.meta.connected();
    return hand;
  }

  /** The socket. */
  public MetaSock meta() {
    return meta;
  }

  /** What it has counted under a name. */
  public long count(Mib counter) {
    return counters.get(counter);
  }

  /** Bits of {@link org.mptcp4j.mptcp.ConnectionEvents} since this was asked last. */
  public int events() {
    return meta.takeEvents();
  }

  // ---- the application

  /** It writes a text, a byte for each character; returns whether there is room for more. */
  public boolean writes(String latin1) {
    return meta.write(Latin1.bytes(latin1));
  }

  /** It reads all that is there, as a text. */
  public String reads() {
    return Latin1.read(meta::read);
  }

  // ---- the scheduler

  /**
   * The next bytes leave on some subflow: what was never sent, as far as the peer's window goes.
   *
   * @param mostBytes so many at most
   */
  public Range sends(int mostBytes) {
    long dsn = meta.tx().nxt();
    long room = Math.min(meta.tx().unsentBytes(), meta.sendWindowBytes());
    return sendsAgain(dsn, (int) Math.min(mostBytes, room));
  }

  /**
   * Bytes leave, which may have been sent before.
   *
   * @throws IllegalArgumentException when they are acknowledged already, or not written yet
   */
  public Range sendsAgain(long dsn, int bytes) {
    if (dsn < meta.tx().una() || dsn + bytes > meta.tx().end()) {
      throw new IllegalArgumentException(
          "choose between " + meta.tx().una() + " and " + meta.tx().end() + ", not from " + dsn);
    }
    StringBuilder text = new StringBuilder();
    meta.tx()
        .give(
            dsn,
            bytes,
            (buf, index, length) ->
                text.append(buf.toString(index, length, StandardCharsets.ISO_8859_1)));
    return new Range(dsn, text.toString());
  }

  /** Its DATA_FIN leaves when it is due; returns whether it was. */
  public boolean sendsEnd() {
    boolean due = meta.finWanted();
    if (due) {
      meta.sendFin();
    }
    return due;
  }

  // ---- the peer

  /**
   * A DATA_ACK.
   *
   * @return whether it acknowledged anything new
   */
  public boolean acknowledges(long dsn, long windowBytes) {
    return meta.onDataAck(dsn, windowBytes);
  }

  /** Bytes that came on some subflow. */
  public void arrives(long dsn, String latin1) {
    meta.rx().receive(dsn, Latin1.bytes(latin1));
    meta.takePeerFin();
  }

  /** A DATA_FIN behind the bytes before it. */
  public void ends(long dsn) {
    meta.peerFin(dsn);
  }

  /** Releases what it holds. */
  @Override
  public void close() {
    meta.release();
  }
}
