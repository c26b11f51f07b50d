package org.mptcp4j.stack;

import java.util.Optional;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.Recent;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RxSegment;

/**
 * What the resets of flows said that are over: RFC 8684 section 3.5. A reset may be lost, or be
 * answered by a challenge (RFC 5961 section 3.2), and the one that answers then has to say the
 * same: else the peer would lose its subflow and keep its connection. The oldest is forgotten when
 * there are too many.
 */
final class LastWords {
  private static final int LIMIT = 1024;

  private final Recent<FourTuple, MptcpOption> words = new Recent<>(LIMIT);

  /** A flow ended so. */
  void add(FourTuple flow, MptcpOption option) {
    words.put(flow, option);
  }

  /** Another flow has the same ends. */
  void remove(FourTuple flow) {
    words.remove(flow);
  }

  /** What the flow of a segment ended with. */
  Optional<MptcpOption> of(RxSegment segment) {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    FourTuple flow =
        new FourTuple(segment.dst(), segment.dstPort(), segment.src(), segment.srcPort());
    return Optional.ofNullable(words.get(flow));
  }

  /** Forgets everything. */
  void clear() {
    words.clear();
  }
}
