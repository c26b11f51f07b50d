package org.mptcp4j.testkit.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.testkit.peer.Reassembly;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.PacketText;
import org.mptcp4j.wire.TcpFlags;

/** What one end said on a flow, without what it is free to do as it likes. */
final class FlowSummary {
  /** Whose keys the numbers of the answering end come from. */
  enum Whose {
    CAPTURED,
    STACK
  }

  private final List<WireSegment> segments;
  private final Optional<Long> ownKey;
  private final Reassembly stream = new Reassembly();
  private final List<String> signals = new ArrayList<>();
  private long acknowledged;

  FlowSummary(List<WireSegment> segments, ReplayFlow flow, Whose whose) {
    this.segments = List.copyOf(segments);
    Optional<ReplayConnection> c = flow.connection();
    this.ownKey =
        whose == Whose.STACK
            ? c.flatMap(ReplayConnection::stackKey)
            : c.flatMap(ReplayConnection::capturedKey);
    segments.forEach(this::add);
  }

  private void add(WireSegment s) {
    long first = s.has(TcpFlags.SYN) ? 1 : s.seq();
    stream.put(first, s.payload());
    if (s.has(TcpFlags.ACK) && !s.has(TcpFlags.RST)) {
      acknowledged = Math.max(acknowledged, s.ack());
    }
    if (s.has(TcpFlags.SYN)) {
      signal(s.has(TcpFlags.ACK) ? "SYN|ACK" : "SYN");
    }
    if (s.has(TcpFlags.RST)) {
      signal("RST");
    }
    s.mptcp().forEach(this::add);
    if (s.has(TcpFlags.FIN)) {
      signal("FIN after " + (first + s.length() - 1));
    }
  }

  private void add(MptcpOption option) {
    if (!(option instanceof DssOption dss)) {
      signal(text(option));
    } else if (dss.dataFin()) {
      signal("DATA_FIN after " + relative(dss));
    }
  }

  /** A signal that is sent again says nothing new. */
  private void signal(String text) {
    if (!signals.contains(text)) {
      signals.add(text);
    }
  }

  /** Data bytes before the DATA_FIN. */
  private String relative(DssOption dss) {
    long end = dss.dsn() + dss.length() - 1;
    if (ownKey.isEmpty()) {
      return "unknown";
    }
    long bytes = end - MptcpKeys.initialDsn(ownKey.get()) - 1;
    return Long.toString((dss.flags() & Dss.DSN64) != 0 ? bytes : bytes & 0xffff_ffffL);
  }

  /** Without the values that each run chooses anew. */
  private String text(MptcpOption option) {
    if (option instanceof MpCapable o) {
      boolean checksums = o.checksumRequired();
      return "MP_CAPABLE v" + o.version() + (checksums ? " with checksums" : "");
    }
    if (option instanceof MpJoinSyn o) {
      return "MP_JOIN SYN id " + o.addressId() + (o.backup() ? " backup" : "");
    }
    if (option instanceof MpJoinSynAck o) {
      return "MP_JOIN SYN/ACK id " + o.addressId() + (o.backup() ? " backup" : "");
    }
    if (option instanceof MpJoinAck) {
      return "MP_JOIN ACK";
    }
    if (option instanceof AddAddr o) {
      return (o.echo() ? "ADD_ADDR echo id " : "ADD_ADDR id ") + o.addressId() + " " + o.address();
    }
    if (option instanceof MpFail) {
      return "MP_FAIL";
    }
    return option instanceof MpFastclose ? "MP_FASTCLOSE" : PacketText.option(option);
  }

  List<WireSegment> segments() {
    return segments;
  }

  byte[] bytes() {
    return stream.bytes();
  }

  String bytesText() {
    CRC32 crc = new CRC32();
    crc.update(stream.bytes());
    return stream.bytes().length + " bytes with crc " + Long.toHexString(crc.getValue());
  }

  long acknowledged() {
    return acknowledged;
  }

  List<String> signals() {
    return signals;
  }
}
