package org.mptcp4j.interop;

import org.mptcp4j.link.LinkCounters;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.LinkFeatures;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/** Stands in front of a link, for who changes something of what passes. */
abstract class LinkInFront implements LinkDevice {
  private final LinkDevice link;

  LinkInFront(LinkDevice link) {
    this.link = link;
  }

  @Override
  public boolean send(Packet packet) {
    return link.send(packet);
  }

  @Override
  public int receive(PacketBatch into) {
    return link.receive(into);
  }

  @Override
  public String name() {
    return link.name();
  }

  @Override
  public int mtu() {
    return link.mtu();
  }

  @Override
  public LinkFeatures features() {
    return link.features();
  }

  @Override
  public LinkCounters counters() {
    return link.counters();
  }

  @Override
  public void close() {
    link.close();
  }
}
