package org.mptcp4j.sched;

/** A subflow whose state a test sets. */
final class PathByHand implements SubflowView {
  static final int MSS = 1000;

  private final int id;
  private boolean established = true;
  private boolean stale;
  private boolean backup;
  private boolean owesAck;
  private long srttNs;
  private int cwndBytes = 10 * MSS;
  private int inFlightBytes;
  private int queuedBytes;
  private long carriedStart;
  private long carriedEnd;

  PathByHand(int id, long srttNs) {
    this.id = id;
    this.srttNs = srttNs;
  }

  PathByHand joining() {
    established = false;
    return this;
  }

  PathByHand stale(boolean isStale) {
    stale = isStale;
    return this;
  }

  PathByHand asBackup() {
    backup = true;
    return this;
  }

  PathByHand owing() {
    owesAck = true;
    return this;
  }

  PathByHand cwnd(int bytes) {
    cwndBytes = bytes;
    return this;
  }

  PathByHand full() {
    inFlightBytes = cwndBytes;
    return this;
  }

  /** So many bytes wait for something. */
  PathByHand queued(int bytes) {
    queuedBytes = bytes;
    return this;
  }

  /** It carries a range, before what it is granted. */
  PathByHand carrying(long from, long to) {
    carriedStart = from;
    carriedEnd = to;
    inFlightBytes = (int) (to - from);
    return this;
  }

  /** All that it carries is acknowledged by its TCP. */
  PathByHand drained() {
    carriedStart = carriedEnd;
    inFlightBytes = 0;
    return this;
  }

  /** Takes what fits. */
  int take(long from, long to) {
    int n = (int) Math.min(to - from, sendRoomBytes());
    if (n > 0) {
      carriedStart = inFlightBytes == 0 ? from : carriedStart;
      carriedEnd = from + n;
      inFlightBytes += n;
    }
    return n;
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public boolean established() {
    return established;
  }

  @Override
  public boolean stale() {
    return stale;
  }

  @Override
  public boolean backup() {
    return backup;
  }

  @Override
  public long srttNs() {
    return srttNs;
  }

  @Override
  public long rttVarNs() {
    return srttNs / 8;
  }

  @Override
  public long minRttNs() {
    return srttNs;
  }

  @Override
  public int cwndBytes() {
    return cwndBytes;
  }

  @Override
  public int ssthreshBytes() {
    return Integer.MAX_VALUE;
  }

  @Override
  public int inFlightBytes() {
    return inFlightBytes;
  }

  @Override
  public int queuedBytes() {
    return queuedBytes;
  }

  @Override
  public int sendRoomBytes() {
    return Math.max(0, cwndBytes - inFlightBytes);
  }

  @Override
  public int payloadMss() {
    return MSS;
  }

  @Override
  public long deliveryRateBytesPerSecond() {
    return 0;
  }

  @Override
  public long pacingRateBytesPerSecond() {
    return srttNs == 0 ? Long.MAX_VALUE : cwndBytes * 1_000_000_000L / srttNs;
  }

  @Override
  public boolean inLossRecovery() {
    return false;
  }

  @Override
  public boolean owesAck() {
    return owesAck;
  }

  @Override
  public long carriedEnd() {
    return carriedEnd;
  }

  @Override
  public boolean carries(long position) {
    return carriedStart <= position && position < carriedEnd;
  }
}
