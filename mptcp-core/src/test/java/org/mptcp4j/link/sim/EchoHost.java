package org.mptcp4j.link.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.RxSegment;

/** A processor that records what arrives and sends what it was told to. */
final class EchoHost implements PacketProcessor {
  record Arrival(long timeNs, int link, int seq, int segments, int payload) {}

  final List<Arrival> arrivals = new ArrayList<>();
  final ArrayDeque<Packet> toSend = new ArrayDeque<>();
  long timeoutNs = Long.MAX_VALUE;
  final List<Long> timeouts = new ArrayList<>();
  int bad;
  private final RxSegment rx = new RxSegment();

  @Override
  public void onPackets(long nowNs, PacketBatch in) {
    for (int i = 0; i < in.size(); i++) {
      if (rx.parse(in.get(i)) == org.mptcp4j.wire.ParseVerdict.OK) {
        arrivals.add(
            new Arrival(nowNs, in.get(i).linkIndex(), rx.seq(), rx.segments(), rx.payloadLength()));
      } else {
        bad++;
      }
    }
    in.clear();
  }

  @Override
  public void pollTransmit(long nowNs, PacketBatch out) {
    while (!out.isFull() && !toSend.isEmpty()) {
      toSend.poll().moveTo(out.add());
    }
  }

  @Override
  public long nextTimeoutNs() {
    return timeoutNs;
  }

  @Override
  public void onTimeout(long nowNs) {
    timeouts.add(nowNs);
    timeoutNs = Long.MAX_VALUE;
  }
}
