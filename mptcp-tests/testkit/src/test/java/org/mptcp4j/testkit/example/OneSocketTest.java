package org.mptcp4j.testkit.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.TcpConfig;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.testkit.byhand.TcpSockByHand;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.TcpFlags;

/** One TCP socket without a stack around it, stepped by hand. */
class OneSocketTest {
  // RFC 6298 section 5: what is not acknowledged is sent again, each time after twice the time.
  @Test
  void silenceIsWaitedForTwiceAsLongEachTime() {
    try (TcpSockByHand tcp = TcpSockByHand.established(TcpConfig.defaults())) {
      tcp.writes("hello");
      WireSegment first = tcp.sent().get(0);
      assertThat(first.payload()).asString().isEqualTo("hello");
      tcp.expires(); // the probe for the loss of the last segment, RFC 8985 section 7
      tcp.expires();
      Duration before = tcp.expires();
      assertThat(tcp.expires()).isEqualTo(before.multipliedBy(2));
      List<WireSegment> again = tcp.sent();
      assertThat(again).hasSize(4).allMatch(s -> s.rawSeq() == first.rawSeq());
      tcp.arrives(s -> s.seq(1).ack(TcpSockByHand.ISS + 6));
      assertThat(tcp.sock().sndUna()).isEqualTo(TcpSockByHand.ISS + 6);
      assertThat(tcp.sock().nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
    }
  }

  // RFC 9293 section 3.10.7.4: what is beyond the window is answered and not taken.
  @Test
  void bytesArriveInOrderOrNotAtAll() {
    try (TcpSockByHand tcp = TcpSockByHand.established(TcpConfig.defaults())) {
      SegmentVerdict beyond =
          tcp.arrives(
              s -> {
                s.seq(200_000).ack(TcpSockByHand.ISS + 1);
                s.addPayload(Unpooled.wrappedBuffer(new byte[] {'x'}), 0, 1);
              });
      assertThat(beyond).isNotEqualTo(SegmentVerdict.ACCEPTED);
      assertThat(tcp.sent()).singleElement().matches(s -> s.has(TcpFlags.ACK) && s.rawAck() == 1);
      tcp.arrives(
          s -> {
            s.seq(1).ack(TcpSockByHand.ISS + 1);
            s.addPayload(Unpooled.wrappedBuffer(new byte[] {'o', 'k'}), 0, 2);
          });
      assertThat(tcp.reads()).isEqualTo("ok");
      assertThat(tcp.sock().state()).isEqualTo(TcpState.ESTABLISHED);
    }
  }
}
