package org.mptcp4j.sim;

import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.sim.Middlebox;

/**
 * A hostile box: changes fields and options of TCP headers and leaves the checksum right, so that
 * the receiver takes them for what its peer sent.
 */
final class Mangler implements Middlebox {
  private static final int IPV6_HEADER = 40;

  private final RandomGenerator random;
  private final double probability;

  Mangler(RandomGenerator random, double probability) {
    this.random = random;
    this.probability = probability;
  }

  @Override
  public Verdict process(long nowNs, Packet packet) {
    if (random.nextDouble() < probability) {
      mangle(packet.header());
      if (packet.checksum() != ChecksumState.PARTIAL) {
        packet.checksum(ChecksumState.VALID);
      }
    }
    return Verdict.FORWARD;
  }

  private void mangle(ByteBuf data) {
    int ip = data.readerIndex();
    boolean v4 = data.getByte(ip) >>> 4 == 4;
    int tcp = ip + (v4 ? (data.getByte(ip) & 15) * 4 : IPV6_HEADER);
    int end = Math.min(data.writerIndex(), tcp + (data.getUnsignedByte(tcp + 12) >>> 4) * 4);
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      change(data, tcp, end);
    }
  }

  private void change(ByteBuf data, int tcp, int end) {
    switch (random.nextInt(7)) {
      case 0 -> data.setInt(tcp + 4, near(data.getInt(tcp + 4)));
      case 1 -> data.setInt(tcp + 8, near(data.getInt(tcp + 8)));
      case 2 -> data.setByte(tcp + 13, random.nextInt(256));
      case 3 -> data.setShort(tcp + 14, random.nextInt(65_536));
      case 4 -> data.setByte(tcp + 12, random.nextInt(256));
      default -> {
        if (end > tcp + 20) {
          int at = tcp + 20 + random.nextInt(end - tcp - 20);
          boolean flip = random.nextBoolean();
          data.setByte(at, flip ? data.getByte(at) ^ 1 << random.nextInt(8) : random.nextInt(256));
        }
      }
    }
  }

  private int near(int value) {
    return random.nextInt(4) == 0 ? random.nextInt() : value + random.nextInt(-5000, 5000);
  }
}
