package org.mptcp4j.link.sim;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.InternetChecksum;

/**
 * A NAT for TCP over IPv4 and IPv6: connections from inside leave with its own address and a port
 * of its own. Put {@link #outbound} on the direction that leads out and {@link #inbound} on the
 * other. What comes from outside without a mapping is dropped. Mappings last until {@link #forget}.
 */
public final class SourceNat {
  private static final int FIRST_PORT = 20_000;

  private record Endpoint(IpAddress address, int port) {}

  private final IpAddress outside;
  private final Map<Endpoint, Integer> portOf = new HashMap<>();
  private final Map<Integer, Endpoint> insideOf = new HashMap<>();
  private int nextPort = FIRST_PORT;

  /** A NAT with that outside address, which the routers have to lead to its link. */
  public SourceNat(IpAddress outside) {
    this.outside = outside;
  }

  /** Number of mappings. */
  public int mappings() {
    return portOf.size();
  }

  /** Forgets every mapping, as after a restart or a time without traffic. */
  public void forget() {
    portOf.clear();
    insideOf.clear();
  }

  /** Rewrites the source. */
  public Middlebox.Verdict outbound(long nowNs, Packet packet) {
    ByteBuf data = packet.header();
    if (!Datagrams.isTcp(data) || Datagrams.isV4(data) != outside.isV4()) {
      return Middlebox.Verdict.DROP;
    }
    int port = Datagrams.tcpPort(data, 0);
    Endpoint inside = new Endpoint(Datagrams.source(data), port);
    Integer mapped = portOf.get(inside);
    if (mapped == null) {
      mapped = nextPort++;
      portOf.put(inside, mapped);
      insideOf.put(mapped, inside);
    }
    rewrite(packet, Datagrams.isV4(data) ? 12 : 8, outside, 0, mapped);
    return Middlebox.Verdict.FORWARD;
  }

  /** Rewrites the destination. */
  public Middlebox.Verdict inbound(long nowNs, Packet packet) {
    ByteBuf data = packet.header();
    if (!Datagrams.isTcp(data) || !Datagrams.destination(data).equals(outside)) {
      return Middlebox.Verdict.DROP;
    }
    Endpoint inside = insideOf.get(Datagrams.tcpPort(data, 2));
    if (inside == null) {
      return Middlebox.Verdict.DROP;
    }
    rewrite(packet, Datagrams.isV4(data) ? 16 : 24, inside.address(), 2, inside.port());
    return Middlebox.Verdict.FORWARD;
  }

  private static void rewrite(
      Packet packet, int addressOffset, IpAddress address, int portOffset, int port) {
    ByteBuf data = packet.header();
    int ip = data.readerIndex();
    byte[] now = address.toBytes();
    int at = ip + addressOffset;
    int before = InternetChecksum.sum(data, at, now.length);
    data.setBytes(at, now);
    int after = InternetChecksum.sum(data, at, now.length);
    if (address.isV4()) {
      int headerChecksum = data.getUnsignedShort(ip + 10);
      data.setShort(ip + 10, InternetChecksum.update(headerChecksum, before, after));
    }
    int tcp = ip + Datagrams.ipHeaderBytes(data);
    int oldPort = data.getUnsignedShort(tcp + portOffset);
    data.setShort(tcp + portOffset, port);
    int checksum = data.getUnsignedShort(tcp + 16);
    if (packet.checksum() == ChecksumState.PARTIAL) {
      // The field holds the pseudo header's sum, not complemented, and the ports are no part of it.
      int complement = InternetChecksum.update(~checksum & 0xFFFF, before, after);
      data.setShort(tcp + 16, ~complement);
    } else {
      checksum = InternetChecksum.update(checksum, before, after);
      data.setShort(tcp + 16, InternetChecksum.update(checksum, oldPort, port));
    }
  }
}
