package org.mptcp4j.link.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;

/**
 * A datagram on its way: contiguous, owned by whoever holds it, taken from and given back to the
 * network's pool.
 */
final class Frame extends Event {
  ByteBuf data = Unpooled.EMPTY_BUFFER;
  int gsoSize;
  ChecksumState checksum = ChecksumState.UNVERIFIED;

  /** Where it is on its way: known once it was sent. */
  @SuppressWarnings("NullAway.Init")
  SimChannel channel;

  int epoch;

  int length() {
    return data.readableBytes();
  }

  /** The bytes it takes on the wire: those of its pieces when it is a super-segment. */
  int wireBytes() {
    int length = data.readableBytes();
    if (gsoSize == 0) {
      return length;
    }
    int headers = Datagrams.headerBytes(data);
    int segments = (length - headers + gsoSize - 1) / gsoSize;
    return length + Math.max(0, segments - 1) * headers;
  }

  /** Moves the contents into a slot, leaving this frame empty. */
  void moveTo(Packet packet) {
    packet.header(data);
    packet.gsoSize(gsoSize);
    packet.checksum(checksum);
    data = Unpooled.EMPTY_BUFFER;
  }

  /**
   * Takes the contents of a packet, copied into one buffer if it has pieces; the slot is empty
   * afterwards.
   */
  void takeFrom(Packet packet, ByteBufAllocator allocator) {
    gsoSize = packet.gsoSize();
    checksum = packet.checksum();
    data = packet.pieces() == 0 ? packet.takeHeader() : packet.linearize(allocator);
    packet.release();
  }

  /** Becomes a copy of another frame. */
  void copyOf(Frame other) {
    data = other.data.copy();
    gsoSize = other.gsoSize;
    checksum = other.checksum;
  }

  @Override
  void fire() {
    channel.deliver(this);
  }
}
