package org.mptcp4j.link.sim;

import io.netty.buffer.ByteBuf;
import java.util.function.IntPredicate;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.TcpFlags;

/**
 * A box that overwrites TCP options with NOPs, as some firewalls do with those they do not know.
 */
public final class OptionStripper implements Middlebox {
  private static final int KIND_END = 0;
  private static final int KIND_NOP = 1;
  private static final int KIND_MPTCP = 30;
  private static final int ANY = 0xFF;

  private final int kind;
  private final int flagMask;
  private final IntPredicate subtypes;
  private long stripped;

  private OptionStripper(int kind, int flagMask, IntPredicate subtypes) {
    this.kind = kind;
    this.flagMask = flagMask;
    this.subtypes = subtypes;
  }

  /** Strips MPTCP options from SYN and SYN/ACK only: the peers never learn of each other. */
  public static OptionStripper mptcpOnSyn() {
    return new OptionStripper(KIND_MPTCP, TcpFlags.SYN, subtype -> true);
  }

  /** Strips every MPTCP option. */
  public static OptionStripper mptcp() {
    return new OptionStripper(KIND_MPTCP, ANY, subtype -> true);
  }

  /** Strips the MPTCP options of one subtype (RFC 8684 section 8.2), such as 3 for ADD_ADDR. */
  public static OptionStripper mptcpSubtype(int subtype) {
    return new OptionStripper(KIND_MPTCP, ANY, s -> s == subtype);
  }

  /** Strips every option of that kind. */
  public static OptionStripper kind(int kind) {
    return new OptionStripper(kind, ANY, subtype -> true);
  }

  /** Options overwritten so far. */
  public long stripped() {
    return stripped;
  }

  @Override
  public Verdict process(long nowNs, Packet packet) {
    ByteBuf data = packet.header();
    if (Datagrams.isTcp(data)) {
      int tcp = data.readerIndex() + Datagrams.ipHeaderBytes(data);
      int end = Math.min(data.readerIndex() + Datagrams.headerBytes(data), data.writerIndex());
      if ((data.getUnsignedByte(tcp + 13) & flagMask) != 0) {
        strip(packet, data, tcp, end);
      }
    }
    return Verdict.FORWARD;
  }

  private void strip(Packet packet, ByteBuf data, int tcp, int end) {
    int options = tcp + 20;
    int before = InternetChecksum.sum(data, options, end - options);
    boolean changed = false;
    int i = options;
    while (i < end && data.getByte(i) != KIND_END) {
      int found = data.getUnsignedByte(i);
      if (found == KIND_NOP) {
        i++;
        continue;
      }
      int length = i + 1 < end ? data.getUnsignedByte(i + 1) : 0;
      if (length < 2 || i + length > end) {
        break;
      }
      if (found == kind && (length < 3 || subtypes.test(data.getUnsignedByte(i + 2) >>> 4))) {
        for (int k = i; k < i + length; k++) {
          data.setByte(k, KIND_NOP);
        }
        changed = true;
        stripped++;
      }
      i += length;
    }
    if (changed && packet.checksum() != ChecksumState.PARTIAL) {
      int after = InternetChecksum.sum(data, options, end - options);
      int checksum = data.getUnsignedShort(tcp + 16);
      data.setShort(tcp + 16, InternetChecksum.update(checksum, before, after));
    }
  }
}
