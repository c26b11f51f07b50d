package org.mptcp4j.tcp;

import org.mptcp4j.api.TcpOptions;

/**
 * The largest packet to send on the path of one connection, and what is known of it: from routers
 * that say that a packet was too big (RFC 1191, RFC 8201), believed as far as RFC 5927 section 7.2
 * allows; from packets that vanish (RFC 4821 section 7.7); and from probes. Decides; sends nothing.
 * Sizes are those of whole IP packets in bytes, offsets those of {@link Sender}.
 */
final class PathMtu {

  private static final int V4_HEADERS = 40;
  private static final int V6_HEADERS = 60;

  /** RFC 8200 section 5: every link carries so much. */
  private static final int LEAST_V6 = 1280;

  /** RFC 1191 section 3: no router can mean less. */
  private static final int LEAST_CLAIM_V4 = 68;

  /** RFC 1191 section 7.1: sizes that links have. */
  private static final int[] PLATEAUS = {
    32_000, 17_914, 8_166, 4_352, 2_002, 1_492, 1_006, 508, 296
  };

  /** No larger packet is a probe: it would not fit into one mapping with what must follow it. */
  private static final int LARGEST_PROBE = 32_000;

  /** Timeouts in a row that make packets suspect of which none so large ever arrived. */
  private static final int TIMEOUTS_IF_NEW = 2;

  /** The same, where packets so large have arrived before. */
  private static final int TIMEOUTS_IF_PROVEN = 3;

  /** The same, for packets so small that hardly a path does not carry them. */
  private static final int TIMEOUTS_IF_SMALL = 5;

  private final TcpConfig config;
  private final boolean v4;

  // As there is one of these for each flow, it is small: a packet has at most 65535 bytes.
  private char mtu;
  private char ceiling;
  private char largestSent;
  private char largestAcked;

  // One segment that, once acknowledged, shows that its size passes.
  private char watchedSize;
  private long watchedEnd;

  private Doubts doubts; // null until something says that the path may be narrow

  /** What says that the path may be narrower than thought, or wider. */
  private static final class Doubts {
    private final TooBigReports reports = new TooBigReports();

    // Timeouts in a row, and the first byte in flight at them all.
    private int timeouts;
    private long stuckAt;

    private MtuProbe search; // null until packets are smaller than the ends allow
  }

  /**
   * For a path of which nothing is known: it carries what the link does.
   *
   * @param v4 whether it is one of IPv4
   */
  PathMtu(TcpConfig config, boolean v4) {
    this.v4 = v4;
    this.config = config;
    ceiling = (char) Math.min(Character.MAX_VALUE, config.mss() + headers());
    mtu = ceiling;
  }

  private int headers() {
    return v4 ? V4_HEADERS : V6_HEADERS;
  }

  /** What is never gone below. */
  private int least() {
    return v4 ? config.options().leastPathMtu() : LEAST_V6;
  }

  /** The largest packet to send. */
  int mtu() {
    return mtu;
  }

  /** Whether that is less than what the ends allow. */
  boolean isNarrow() {
    return mtu < ceiling;
  }

  /** What the largest packet has room for, TCP options included. */
  int mss() {
    return mtu - headers();
  }

  /** Bytes of the IP and the TCP header, without options. */
  int headerBytes() {
    return headers();
  }

  /** Something was found out on another connection, not long ago. */
  void begin(long nowNs, int known) {
    if (known < mtu) {
      lower(Math.max(known, least()));
      search().passesExactly(nowNs, mtu);
    }
  }

  /** The peer's SYN said how much payload it takes. */
  void onPeerMss(int mss) {
    ceiling = (char) Math.min(ceiling, mss + headers());
    mtu = (char) Math.min(mtu, ceiling);
  }

  private Doubts doubts() {
    if (doubts == null) {
      doubts = new Doubts();
    }
    return doubts;
  }

  private MtuProbe search() {
    Doubts d = doubts();
    if (d.search == null) {
      d.search = new MtuProbe(config.timeouts().pathMtuSearchNs());
    }
    return d.search;
  }

  private boolean searching() {
    return doubts != null && doubts.search != null;
  }

  private void lower(int size) {
    mtu = (char) Math.min(mtu, size);
    largestSent = (char) Math.min(largestSent, mtu);
    largestAcked = (char) Math.min(largestAcked, mtu);
    watchedSize = 0;
    if (doubts != null) {
      doubts.reports.clear();
    }
  }

  // ---- what the network says

  /** A packet left, no probe, whose last byte is the one before that offset. */
  void onSent(long end, int size) {
    largestSent = (char) Math.max(largestSent, size);
    if (watchedSize == 0 && size > largestAcked) {
      watchedSize = (char) size;
      watchedEnd = end;
    }
  }

  /**
   * A router said that a packet was too big.
   *
   * @param offset the first byte of the packet, one in flight
   * @param claimed what passes there, 0 from an old router
   * @param quoted the size of the packet
   * @return whether packets are smaller from now on, so that what is in flight is lost
   */
  boolean onPacketTooBig(long nowNs, long offset, int claimed, int quoted) {
    int passes = plausible(claimed, quoted);
    if (passes == 0) {
      return false;
    }
    if (searching()) {
      search().onReport(offset, passes);
    }
    // RFC 5927 section 7.2: who never sent a packet so large cannot have caused the error.
    if (passes >= mtu || passes >= largestSent) {
      return false;
    }
    // RFC 5927 section 7.2: where larger packets arrived before, the error is believed when the
    // packet turns out to be lost.
    if (passes < largestAcked) {
      doubts().reports.add(offset, passes);
      return false;
    }
    believe(nowNs, passes);
    return true;
  }

  /** What a router can mean, within our limits; 0 for nothing. */
  private int plausible(int claimed, int quoted) {
    if (!v4) {
      // RFC 8201 section 4: a claim under the minimum must be discarded.
      return claimed < LEAST_V6 ? 0 : claimed;
    }
    if (claimed == 0) {
      // RFC 1191 section 5: the next smaller size that links have; that of the packet, so that the
      // same report about many packets is the same.
      return plateauBelow(Math.min(quoted, ceiling));
    }
    return claimed < LEAST_CLAIM_V4 ? 0 : Math.max(claimed, least());
  }

  private int plateauBelow(int size) {
    for (int plateau : PLATEAUS) {
      if (plateau < size) {
        return Math.max(plateau, least());
      }
    }
    return least();
  }

  private void believe(long nowNs, int passes) {
    lower(passes);
    search().passesExactly(nowNs, mtu);
  }

  /**
   * The sender knows more of what arrived.
   *
   * @return whether reports wait for the fate of other packets
   */
  boolean hasReports(long una, Scoreboard board) {
    if (doubts == null || doubts.reports.isEmpty()) {
      return false;
    }
    doubts.reports.forgetArrived(una, board);
    return !doubts.reports.isEmpty();
  }

  /** Believes a report about a packet that is lost; false when there is none, see hasReports. */
  boolean takeReportOfLost(long nowNs, Scoreboard board) {
    return believeIfSmaller(nowNs, doubts.reports.lost(board));
  }

  /** Believes the report about the first packet, as nothing has arrived for long. */
  boolean takeFirstReport(long nowNs) {
    return believeIfSmaller(nowNs, doubts.reports.first());
  }

  private boolean believeIfSmaller(long nowNs, int passes) {
    boolean smaller = passes > 0 && passes < mtu;
    if (smaller) {
      believe(nowNs, passes);
    }
    return smaller;
  }

  /**
   * The retransmission timer expired.
   *
   * @param una the first byte in flight
   * @param first size of its packet
   */
  void onTimeout(long nowNs, long una, int first) {
    if (searching()) {
      search().inconclusive(nowNs, mtu);
    }
    Doubts d = doubts();
    d.timeouts = una == d.stuckAt ? d.timeouts + 1 : 1;
    d.stuckAt = una;
    // RFC 4821 section 7.7: a full-stop timeout. Smaller packets may pass; should nothing pass, or
    // everything again, the first probe will show it.
    int base = config.options().blackHoleMtu();
    int smaller = mtu > base ? base : plateauBelow(mtu);
    if (smaller < mtu && first > smaller && d.timeouts >= patience(first)) {
      lower(smaller);
      search().begin(nowNs);
    }
  }

  private int patience(int size) {
    int base = config.options().blackHoleMtu();
    if (base == TcpOptions.NO_BLACK_HOLES) {
      return Integer.MAX_VALUE;
    }
    if (mtu <= base) {
      return TIMEOUTS_IF_SMALL;
    }
    return size > largestAcked ? TIMEOUTS_IF_NEW : TIMEOUTS_IF_PROVEN;
  }

  // ---- probes

  /** Size of the probe to send now, 0 for none. */
  int probe(long nowNs) {
    return searching() ? search().update(nowNs, mtu, Math.min(ceiling, LARGEST_PROBE)) : 0;
  }

  /** What {@link #probe} said last. */
  int probe() {
    return searching() ? search().wanted() : 0;
  }

  /** The probe that was wanted leaves, as the bytes in that range. */
  void onProbeSent(long start, long end) {
    largestSent = (char) Math.max(largestSent, search().wanted());
    search().onSent(start, end);
  }

  /**
   * Something was acknowledged, or recovery from a loss began.
   *
   * @param recovering whether it did
   * @return what became of a probe, {@link TcpNotice#MTU_PROBE_SUCCEEDED} or {@link
   *     TcpNotice#MTU_PROBE_FAILED}; 0 when that is not known
   */
  int onAck(long nowNs, long una, boolean recovering) {
    if (watchedSize > 0 && una >= watchedEnd) {
      largestAcked = (char) Math.max(largestAcked, watchedSize);
      watchedSize = 0;
    }
    return searching() && search().isInFlight() ? onProbeAck(nowNs, una, recovering) : 0;
  }

  private int onProbeAck(long nowNs, long una, boolean recovering) {
    MtuProbe search = search();
    if (una >= search.end()) {
      mtu = (char) search.succeeded(nowNs);
      largestAcked = (char) Math.max(largestAcked, mtu);
      return TcpNotice.MTU_PROBE_SUCCEEDED;
    }
    if (!recovering) {
      return 0;
    }
    if (una == search.start()) {
      search.failed(nowNs, mtu);
      largestSent = (char) Math.min(largestSent, mtu);
      return TcpNotice.MTU_PROBE_FAILED;
    }
    search.inconclusive(nowNs, mtu);
    return 0;
  }
}
