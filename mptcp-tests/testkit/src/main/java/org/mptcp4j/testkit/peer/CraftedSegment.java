package org.mptcp4j.testkit.peer;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.TxSegment;

/**
 * A segment of a {@link PeerFlow} that is being made. What a test does not set follows from the
 * flow. Numbers are relative. Options stand in the segment in the order of the calls.
 */
public final class CraftedSegment {
  private final PeerFlow flow;
  private final TxSegment segment;

  CraftedSegment(PeerFlow flow) {
    this.flow = flow;
    this.segment = flow.next();
  }

  /** With that sequence number: 0 is that of the SYN. */
  public CraftedSegment seq(long relative) {
    segment.seq(flow.rawSeq(relative));
    return this;
  }

  /** With that acknowledgment number; the flag is another thing. */
  public CraftedSegment ack(long relative) {
    segment.ack(flow.rawAck(relative));
    return this;
  }

  /** With these flags and no other: constants of {@link org.mptcp4j.wire.TcpFlags}. */
  public CraftedSegment flags(int... exactly) {
    segment.flags(Arrays.stream(exactly).reduce(0, (a, b) -> a | b));
    return this;
  }

  /** With that window field; 65535 unless told. */
  public CraftedSegment window(int field) {
    segment.window(field);
    return this;
  }

  /** With these bytes after those that it has. */
  public CraftedSegment payload(byte[] bytes) {
    if (bytes.length > 0) {
      segment.addPayload(Unpooled.wrappedBuffer(bytes.clone()), 0, bytes.length);
    }
    return this;
  }

  /** With this text, a byte for each character. */
  public CraftedSegment payload(String latin1) {
    return payload(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** With an MPTCP option. */
  public CraftedSegment option(MptcpOption option) {
    return fits(segment.options().mptcp(option));
  }

  /** With a maximum segment size. */
  public CraftedSegment mss(int bytes) {
    return fits(segment.options().mss(bytes));
  }

  /** With a window scale. */
  public CraftedSegment windowScale(int shift) {
    return fits(segment.options().windowScale(shift));
  }

  /** With permission for selective acknowledgements. */
  public CraftedSegment sackPermitted() {
    return fits(segment.options().sackPermitted());
  }

  /** With a selective acknowledgement of one block, from a number to before another. */
  public CraftedSegment sack(long left, long right) {
    fits(segment.options().sack(1));
    segment.options().sackBlock(flow.rawAck(left), flow.rawAck(right));
    return this;
  }

  /** With timestamps. */
  public CraftedSegment timestamps(int value, int echo) {
    return fits(segment.options().timestamps(value, echo));
  }

  /** With anything else: the encoder's own object, whose numbers are those of the wire. */
  public CraftedSegment raw(Consumer<TxSegment> change) {
    change.accept(segment);
    return this;
  }

  private CraftedSegment fits(boolean written) {
    if (!written) {
      segment.release();
      throw new IllegalStateException(
          "the options do not fit into the 40 bytes of a TCP header: leave one out");
    }
    return this;
  }

  /** Sends it. What the flow sends next begins after it, unless it lies before that. */
  public void send() {
    flow.transmit(segment);
  }
}
