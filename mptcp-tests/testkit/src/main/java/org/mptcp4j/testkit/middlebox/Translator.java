package org.mptcp4j.testkit.middlebox;

/** Gives a flow another source port, as a translator of addresses does; those stay here. */
final class Translator implements TcpBox.Flow {
  private static final int MOVED = 20_000;

  @Override
  public void forth(TcpPacket p, TcpBox.Out on, TcpBox.Out back) {
    on.send(p.withPorts((p.sourcePort() + MOVED) & 0xffff, p.destinationPort()));
  }

  @Override
  public void back(TcpPacket p, TcpBox.Out on) {
    on.send(p.withPorts(p.sourcePort(), (p.destinationPort() - MOVED) & 0xffff));
  }
}
