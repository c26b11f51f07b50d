package org.mptcp4j.testkit;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;

/**
 * What a connection owes to the applications at its two ends, held against what both have seen when
 * it is over:
 *
 * <ul>
 *   <li>What one wrote the other reads, in order and exactly once, up to its end; nothing follows
 *       the end.
 *   <li>Or some of it is lost, and then both hear of it: the one that wrote by an error; the other
 *       by an error as well, and not by an end of the stream, unless it gave the connection up
 *       itself. The one that wrote may have closed in order when all had arrived and the other had
 *       said its own end, before it threw away what it had not read: RFC 9293 has no word for that.
 *   <li>What was acknowledged is not lost, unless the one that was to read it gave the connection
 *       up, or waited for the rest of a mapping with a checksum when its peer fell silent: who
 *       writes takes TCP's acknowledgement for that of the data once it has fallen back, but bytes
 *       that cannot be verified are not data yet for who could not hear of that (RFC 8684 section
 *       3.3).
 * </ul>
 *
 * <p>That the bytes are right and in order is checked while they are read ({@link
 * ByteStreamChecker}), that nothing follows the end as well.
 */
final class StreamContract {
  private StreamContract() {}

  /**
   * What was not kept.
   *
   * @param a one end, closed
   * @param b the other, closed
   * @return a line for each violation
   */
  static List<String> violations(Endpoint a, Endpoint b) {
    List<String> wrong = new ArrayList<>();
    check(wrong, a, b);
    check(wrong, b, a);
    return wrong;
  }

  /**
   * Both have heard of an error then: the one of silence or a reset, the other of whatever made it
   * so. What checksums are wrong of is not delivered before both have gone on as TCP.
   */
  private static boolean couldNotVerify(Endpoint reader, Endpoint writer) {
    boolean ended =
        reader.error() == SocketError.ETIMEDOUT || reader.error() == SocketError.ECONNRESET;
    boolean verifies = reader.info().protocol() == Protocol.MPTCP && reader.info().checksum();
    boolean bothKnow = ended && writer.error() != SocketError.NONE;
    return bothKnow && verifies && writer.info().protocol() == Protocol.MPTCP_FALLBACK;
  }

  private static void check(List<String> wrong, Endpoint writer, Endpoint reader) {
    long lost = writer.sent() - reader.received();
    String stream = writer.name() + " to " + reader.name() + ": ";
    if (lost < 0) {
      wrong.add(stream + -lost + " bytes more were read than written");
    }
    if (reader.endOfStream() && !writer.ended()) {
      wrong.add(stream + "an end of the stream that its writer has not ended");
    }
    if (lost > 0) {
      String what = stream + lost + " of " + writer.sent() + " bytes are lost, ";
      if (writer.error() == SocketError.NONE && reader.threwAwayLate() < lost) {
        wrong.add(what + "and the writer closed without an error");
      }
      if (reader.endOfStream()) {
        wrong.add(what + "and the reader saw an end of the stream");
      }
      if (reader.error() == SocketError.NONE && !reader.gaveUp()) {
        wrong.add(what + "and the reader closed without an error");
      }
    }
    long acknowledged = writer.acknowledged() - reader.received();
    if (acknowledged > 0 && !reader.gaveUp() && !couldNotVerify(reader, writer)) {
      wrong.add(stream + acknowledged + " bytes are lost that were acknowledged");
    }
  }
}
