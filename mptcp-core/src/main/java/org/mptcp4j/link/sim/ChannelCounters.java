package org.mptcp4j.link.sim;

/** Counts of one direction of a link. Live; same thread as the network. */
public final class ChannelCounters {
  private long packets;
  private long bytes;
  private long deliveredPackets;
  private long deliveredBytes;
  private long marked;
  private final long[] drops = new long[DropReason.values().length];

  ChannelCounters() {}

  void offered(int size) {
    packets++;
    bytes += size;
  }

  void delivered(int size) {
    deliveredPackets++;
    deliveredBytes += size;
  }

  void dropped(DropReason reason) {
    drops[reason.ordinal()]++;
  }

  void marked() {
    marked++;
  }

  /** Packets that got a congestion mark here. */
  public long markedPackets() {
    return marked;
  }

  /** Packets handed to the link, after cutting, drops included. */
  public long packets() {
    return packets;
  }

  /** Bytes handed to the link, IP headers and drops included. */
  public long bytes() {
    return bytes;
  }

  /** Packets that came out at the other end. */
  public long deliveredPackets() {
    return deliveredPackets;
  }

  /** Bytes that came out at the other end, IP headers included. */
  public long deliveredBytes() {
    return deliveredBytes;
  }

  /** Packets dropped for that reason. */
  public long drops(DropReason reason) {
    return drops[reason.ordinal()];
  }

  /** Packets dropped for any reason. */
  public long drops() {
    long sum = 0;
    for (long d : drops) {
      sum += d;
    }
    return sum;
  }

  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    s.append(packets)
        .append(" packets ")
        .append(bytes)
        .append(" bytes, delivered ")
        .append(deliveredPackets)
        .append(' ')
        .append(deliveredBytes);
    for (DropReason r : DropReason.values()) {
      if (drops[r.ordinal()] > 0) {
        s.append(", ").append(r).append(' ').append(drops[r.ordinal()]);
      }
    }
    return s.toString();
  }
}
