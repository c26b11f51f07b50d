package org.mptcp4j.lab.relay;

import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.PacketBatch;

/** Stands in front of a processor and notes how late it is called for what is due. */
public final class Punctuality implements PacketProcessor {
  private static final long LATE_NS = 1_000_000;

  private final PacketProcessor processor;
  private long calls;
  private long late;
  private long latestNs;

  Punctuality(PacketProcessor processor) {
    this.processor = processor;
  }

  /**
   * What was noted.
   *
   * @param wakeUps times at which something was due
   * @param late of them, those more than a millisecond after it
   * @param worstMillis the latest of all
   */
  public record Summary(long wakeUps, long late, double worstMillis) {}

  Summary summary() {
    return new Summary(calls, late, latestNs / 1e6);
  }

  private void note(long nowNs) {
    long lateNs = nowNs - processor.nextTimeoutNs();
    if (lateNs >= 0) {
      calls++;
      late += lateNs > LATE_NS ? 1 : 0;
      latestNs = Math.max(latestNs, lateNs);
    }
  }

  @Override
  public void onPackets(long nowNs, PacketBatch in) {
    note(nowNs);
    processor.onPackets(nowNs, in);
  }

  @Override
  public void onTimeout(long nowNs) {
    note(nowNs);
    processor.onTimeout(nowNs);
  }

  @Override
  public void pollTransmit(long nowNs, PacketBatch out) {
    processor.pollTransmit(nowNs, out);
  }

  @Override
  public long nextTimeoutNs() {
    return processor.nextTimeoutNs();
  }
}
