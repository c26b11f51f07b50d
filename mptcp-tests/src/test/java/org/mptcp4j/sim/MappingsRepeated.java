package org.mptcp4j.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mptcp4j.link.PacketTap;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;

/**
 * Holds every mapping on the wire against the first one for the same byte of its subflow: RFC 8684
 * section 3.3.1, what is sent again has the mapping that it had, also in other pieces.
 */
final class MappingsRepeated implements PacketTap {
  private record Place(int srcPort, int dstPort, int ssn) {}

  private record Mapping(long dsn, int length, int checksum) {}

  private final Map<Place, Mapping> known = new HashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private final RxSegment segment = new RxSegment();
  private int repeated;

  @Override
  public void packet(long nowNs, Packet packet) {
    if (segment.parse(packet.header(), ChecksumState.VALID, packet.gsoSize()) != ParseVerdict.OK) {
      return;
    }
    Dss dss = segment.options().dss();
    if (segment.payloadLength() == 0 || !dss.present() || !dss.hasMapping()) {
      return;
    }
    Place place = new Place(segment.srcPort(), segment.dstPort(), dss.ssn());
    int checksum = dss.hasChecksum() ? dss.checksum() : -1;
    Mapping mapping = new Mapping(dss.dsn(), dss.length(), checksum);
    Mapping first = known.putIfAbsent(place, mapping);
    if (first != null && !first.equals(mapping)) {
      wrong.add(place + ": " + first + " became " + mapping);
    }
    repeated += first != null ? 1 : 0;
  }

  /** Packets that repeated a mapping. */
  int repeated() {
    return repeated;
  }

  /** Mappings that were not what they had been. */
  List<String> wrong() {
    return wrong;
  }
}
