package org.mptcp4j.lab.decode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.testkit.capture.CapturedFrame;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.PacketText;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpOptions;

/**
 * Puts the packets of a capture into words, in order: sequence numbers relative to the first of
 * their connection, tokens, keys, HMACs and checksums verified where the capture has what that
 * takes. Any bytes give a line.
 */
final class CaptureDecoder {
  private static final int MAX_DATAGRAM = 0x1ffff;

  private final Map<Conversation.Key, Conversation> conversations = new HashMap<>();
  private final OptionChecks checks = new OptionChecks();
  private final RxSegment segment = new RxSegment();
  private int packets;
  private long startNs;

  /** The next packet of the capture in words. */
  DecodedPacket decode(CapturedFrame frame) {
    if (packets++ == 0) {
      startNs = frame.timeNs();
    }
    int ip = frame.ipIndex();
    if (ip < 0 || ip >= frame.data().length) {
      String what = frame.hasKnownLinkType() ? "not IP" : "unknown link type";
      return plain(frame, what + ", " + frame.data().length + " bytes");
    }
    ByteBuf datagram = datagram(frame, ip);
    ParseVerdict verdict = segment.parse(datagram, ChecksumState.VALID, 0);
    if (verdict != ParseVerdict.OK) {
      return plain(frame, PacketText.line(segment, verdict));
    }
    boolean whole = frame.originalLength() <= frame.data().length;
    return tcp(frame, datagram, whole);
  }

  private DecodedPacket plain(CapturedFrame frame, String summary) {
    return new DecodedPacket(packets, seconds(frame), "-", summary, List.of(), List.of());
  }

  private double seconds(CapturedFrame frame) {
    return (frame.timeNs() - startNs) / 1e9;
  }

  /**
   * The IP packet; what a capture cut off is filled with zeros, so that the headers can be read.
   */
  private static ByteBuf datagram(CapturedFrame frame, int ip) {
    int there = frame.data().length - ip;
    int missing = Math.max(0, Math.min(frame.originalLength() - ip, MAX_DATAGRAM) - there);
    ByteBuf out = Unpooled.buffer(there + missing);
    out.writeBytes(frame.data(), ip, there).writeZero(missing);
    boolean noLength = there >= 20 && out.getByte(0) == 0x45 && out.getShort(2) == 0;
    if (noLength && out.readableBytes() <= 0xffff) {
      // A super-segment can be captured before its length is filled in.
      int old = out.getUnsignedShort(10);
      out.setShort(2, out.readableBytes());
      out.setShort(10, InternetChecksum.update(old, 0, out.readableBytes()));
    }
    return out;
  }

  private DecodedPacket tcp(CapturedFrame frame, ByteBuf datagram, boolean whole) {
    Conversation on = conversation();
    on.observe(segment);
    int direction = on.direction(segment);
    TcpOptions options = segment.options();
    StringJoiner standard = new StringJoiner(", ");
    PacketText.addStandard(options, standard);
    List<String> words = new ArrayList<>();
    if (standard.length() > 0) {
      words.add(standard.toString());
    }
    List<String> verdicts = new ArrayList<>();
    for (int i = 0; i < options.mptcpOptions(); i++) {
      MptcpOption option = options.mptcp(i);
      String verdict = checks.check(on, direction, option);
      verdicts.add(verdict);
      words.add(PacketText.option(option) + (verdict.isEmpty() ? "" : " (" + verdict + ")"));
    }
    if (options.dss().present()) {
      words.add(dss(on, direction, options.dss()));
    }
    List<String> checksums = whole ? mappingChecksums(on, direction) : List.of();
    words.addAll(checksums);
    verdicts.addAll(checksums);
    StringJoiner optionFaults = new StringJoiner(", ");
    PacketText.addFaults(options, optionFaults);
    if (optionFaults.length() > 0) {
      words.add(optionFaults.toString());
      verdicts.add("BAD options: " + optionFaults);
    }
    if (whole && !checksumIsPlausible(datagram)) {
      words.add("TCP checksum BAD");
      verdicts.add("TCP checksum BAD");
    }
    return packet(frame, on, words, verdicts);
  }

  private DecodedPacket packet(
      CapturedFrame frame, Conversation on, List<String> words, List<String> verdicts) {
    long seq = Integer.toUnsignedLong(on.relativeSeq(segment));
    long ack = Integer.toUnsignedLong(on.relativeAck(segment));
    String summary = PacketText.line(segment, seq, ack, String.join(", ", words));
    List<String> faults = verdicts.stream().filter(v -> v.contains("BAD")).toList();
    return new DecodedPacket(packets, seconds(frame), on.flow(), summary, words, faults);
  }

  private Conversation conversation() {
    Conversation.Key key = Conversation.Key.of(segment);
    Conversation known = conversations.get(key);
    if (known == null || known.isReplacedBy(segment)) {
      known = new Conversation(segment);
      conversations.put(key, known);
    }
    return known;
  }

  /** The option with numbers relative to the initial ones, where those are known. */
  private static String dss(Conversation on, int direction, Dss dss) {
    DssOption option = dss.toOption();
    Session session = on.session();
    if (session == null || !session.knowsBoth()) {
      return PacketText.option(option);
    }
    int side = on.side(direction);
    long ack = option.dataAck();
    long dsn = option.dsn();
    if (dss.hasAck()) {
      ack = session.expand(1 - side, ack, dss.ack64()) - session.initialDsn(1 - side);
    }
    if (dss.hasMapping()) {
      dsn = session.expand(side, dsn, dss.dsn64()) - session.initialDsn(side);
    }
    boolean narrow = (ack | dsn) >>> 32 == 0;
    int flags = narrow ? option.flags() : option.flags() | Dss.ACK64 | Dss.DSN64;
    return PacketText.option(
        new DssOption(flags, ack, dsn, option.ssn(), option.length(), option.checksum()));
  }

  private List<String> mappingChecksums(Conversation on, int direction) {
    Session session = on.session();
    MappingChecksums checksums = on.checksums(direction);
    Dss dss = segment.options().dss();
    if (session != null && session.knowsBoth()) {
      int side = on.side(direction);
      MpCapable capable = segment.options().mptcp(MpCapable.class);
      if (dss.hasChecksum()) {
        long dsn = session.expand(side, dss.dsn(), dss.dsn64());
        int payload = Math.max(0, dss.length() - (dss.dataFin() ? 1 : 0));
        checksums.add(dsn, dss.ssn(), dss.length(), payload, dss.checksum());
      } else if (capable != null && capable.hasChecksum()) {
        int length = capable.dataLength();
        checksums.add(session.initialDsn(side) + 1, 1, length, length, capable.checksum());
      }
    }
    int index = segment.payloadIndex();
    int seq = on.relativeSeq(segment) + (segment.syn() ? 1 : 0);
    return checksums.payload(seq, segment.buf(), index, segment.payloadLength());
  }

  /**
   * Whether the TCP checksum is right, or is the partial one of a packet captured before an offload
   * completed it.
   */
  private boolean checksumIsPlausible(ByteBuf datagram) {
    int field = datagram.getUnsignedShort(segment.upperIndex() + 16);
    int pseudo = segment.pseudoHeader(RxSegment.PROTOCOL_TCP);
    int sum = InternetChecksum.sum(datagram, segment.upperIndex(), segment.upperLength());
    return field == pseudo || InternetChecksum.isValid(InternetChecksum.add(sum, pseudo));
  }
}
