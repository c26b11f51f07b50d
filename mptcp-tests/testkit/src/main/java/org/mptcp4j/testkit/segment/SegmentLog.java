package org.mptcp4j.testkit.segment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.mptcp4j.link.PacketTap;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.TcpFlags;

/**
 * The segments that one host sent and received, in order, with relative numbers. It sees what a
 * capture on the host would see: what is sent before the network loses it, and what arrives.
 *
 * <pre>{@code
 * SegmentLog log = world.log(client);
 * ...
 * log.requireSent(segment().flags(SYN).option(MpCapable.class));
 * }</pre>
 */
public final class SegmentLog {
  private record Way(IpAddress src, int srcPort, IpAddress dst, int dstPort) {
    static Way of(WireSegment s) {
      return new Way(s.src(), s.srcPort(), s.dst(), s.dstPort());
    }

    Way back() {
      return new Way(dst, dstPort, src, srcPort);
    }
  }

  private final String name;
  private final List<WireSegment> sent = new ArrayList<>();
  private final List<WireSegment> received = new ArrayList<>();
  private final Map<Way, Integer> initialNumbers = new HashMap<>();
  private long others;

  /**
   * An empty log.
   *
   * @param name of the host, for messages
   */
  public SegmentLog(String name) {
    this.name = name;
  }

  /** To be shown what the host sends. */
  public PacketTap sentTap() {
    return (nowNs, packet) -> add(nowNs, sent, packet);
  }

  /** To be shown what the host receives. */
  public PacketTap receivedTap() {
    return (nowNs, packet) -> add(nowNs, received, packet);
  }

  private void add(long nowNs, List<WireSegment> to, Packet packet) {
    WireSegment raw = WireSegment.of(nowNs, packet).orElse(null);
    if (raw == null) {
      others++;
      return;
    }
    Way way = Way.of(raw);
    if (raw.has(TcpFlags.SYN)) {
      initialNumbers.put(way, raw.rawSeq());
    }
    int from = initialNumbers.getOrDefault(way, 0);
    to.add(raw.relativeTo(from, initialNumbers.getOrDefault(way.back(), 0)));
  }

  /** What the host sent. */
  public List<WireSegment> sent() {
    return Collections.unmodifiableList(sent);
  }

  /** What the host received. */
  public List<WireSegment> received() {
    return Collections.unmodifiableList(received);
  }

  /** How many packets passed that are no whole TCP segments. */
  public long others() {
    return others;
  }

  /** Forgets the segments so far; numbers go on to count from the SYNs that were seen. */
  public void clear() {
    sent.clear();
    received.clear();
    others = 0;
  }

  /**
   * The first sent segment that is as expected.
   *
   * @throws AssertionError when there is none; shows the nearest beside it
   */
  public WireSegment requireSent(SegmentMatcher expected) {
    return require("sent", sent, expected);
  }

  /**
   * The first received segment that is as expected.
   *
   * @throws AssertionError when there is none; shows the nearest beside it
   */
  public WireSegment requireReceived(SegmentMatcher expected) {
    return require("received", received, expected);
  }

  private WireSegment require(String did, List<WireSegment> among, SegmentMatcher expected) {
    for (WireSegment s : among) {
      if (expected.test(s)) {
        return s;
      }
    }
    throw new AssertionError(name + " " + did + " no such segment" + expected.nearest(among));
  }

  /** Everything, a line each: first what was sent, then what was received. */
  @Override
  public String toString() {
    StringJoiner lines = new StringJoiner("\n");
    sent.forEach(s -> lines.add(name + " sent     " + s));
    received.forEach(s -> lines.add(name + " received " + s));
    return lines.toString();
  }
}
