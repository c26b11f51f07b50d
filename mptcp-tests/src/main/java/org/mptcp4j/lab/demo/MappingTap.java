package org.mptcp4j.lab.demo;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mptcp4j.lab.chart.SequenceTrace;
import org.mptcp4j.lab.traffic.Digests;
import org.mptcp4j.link.PacketTap;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;

/**
 * Watches the packets that the client sends and notes where in the data sequence their payload
 * belongs, from nothing but what is on the wire: the key in MP_CAPABLE and the mappings.
 */
final class MappingTap implements PacketTap {
  private final List<DemoPath> paths;
  private final SequenceTrace trace = new SequenceTrace();
  private final RxSegment segment = new RxSegment();
  private final Map<Integer, Integer> initialSequences = new HashMap<>();
  private final Map<Integer, String> names = new HashMap<>();
  private long firstByte;
  private boolean keyed;

  MappingTap(List<DemoPath> paths) {
    this.paths = List.copyOf(paths);
  }

  SequenceTrace trace() {
    return trace;
  }

  @Override
  public void packet(long nowNs, Packet packet) {
    if (segment.parse(packet.header(), ChecksumState.VALID, packet.gsoSize()) != ParseVerdict.OK) {
      return;
    }
    if (segment.syn()) {
      initialSequences.put(segment.srcPort(), segment.seq());
      names.computeIfAbsent(segment.srcPort(), port -> name(segment.src().toString()));
    }
    MpCapable capable =
        segment.options().hasMptcp() ? segment.options().mptcp(MpCapable.class) : null;
    if (!keyed && capable != null && capable.hasSenderKey()) {
      keyed = true;
      firstByte = initialDataSequence(capable.senderKey()) + 1;
    }
    if (segment.payloadLength() > 0) {
      payload(nowNs / 1e9, capable);
    }
  }

  private void payload(double seconds, MpCapable capable) {
    Dss dss = segment.options().dss();
    String name = names.get(segment.srcPort());
    if (dss.present() && dss.hasMapping() && dss.dsn64()) {
      int relative = segment.seq() - initialSequences.get(segment.srcPort());
      // RFC 8684 section 3.3.1: the subflow sequence number of a mapping is relative to the SYN.
      long offset = dss.dsn() - firstByte + (relative - dss.ssn());
      trace.add(name, seconds, offset, segment.payloadLength());
    } else if (capable != null) {
      trace.add(name, seconds, 0, segment.payloadLength());
    }
  }

  // A subflow that is opened again after its path came back is a subflow of its own.
  private String name(String source) {
    int subflow = names.size();
    String path = "";
    for (DemoPath candidate : paths) {
      if (candidate.clientAddress().equals(source)) {
        path = candidate.describe();
      }
    }
    return "subflow " + subflow + ": " + path;
  }

  // RFC 8684 section 3.1: the initial data sequence number is the last 64 bits of the SHA-256 of
  // the key.
  private static long initialDataSequence(long key) {
    byte[] hash = Digests.sha256().digest(ByteBuffer.allocate(8).putLong(key).array());
    return ByteBuffer.wrap(hash).getLong(24);
  }
}
