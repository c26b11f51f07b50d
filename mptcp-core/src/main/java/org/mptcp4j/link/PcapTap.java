package org.mptcp4j.link;

import java.util.function.LongSupplier;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/** A link that shows every packet it sends and receives to a tap, such as a {@link PcapWriter}. */
public final class PcapTap implements LinkDevice {
  private final LinkDevice device;
  private final PacketTap tap;
  private final LongSupplier clockNs;

  /**
   * Puts a tap on a device. The device is closed with this one; the tap is not.
   *
   * @param device the link
   * @param tap sees the packets
   * @param clockNs the times to give them, nanoseconds
   */
  public PcapTap(LinkDevice device, PacketTap tap, LongSupplier clockNs) {
    this.device = device;
    this.tap = tap;
    this.clockNs = clockNs;
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public int mtu() {
    return device.mtu();
  }

  @Override
  public LinkFeatures features() {
    return device.features();
  }

  @Override
  public int receive(PacketBatch into) {
    int before = into.size();
    int result = device.receive(into);
    if (into.size() > before) {
      long nowNs = clockNs.getAsLong();
      for (int i = before; i < into.size(); i++) {
        tap.packet(nowNs, into.get(i));
      }
    }
    return result;
  }

  /**
   * {@inheritDoc} A packet that the device refuses as busy appears again when it is offered again.
   */
  @Override
  public boolean send(Packet packet) {
    tap.packet(clockNs.getAsLong(), packet);
    return device.send(packet);
  }

  @Override
  public LinkCounters counters() {
    return device.counters();
  }

  @Override
  public void close() {
    device.close();
  }
}
