package org.mptcp4j.lab.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.pm.Priority;

/**
 * Two stacks on the caller's thread, in real time, with two links in memory between them: a packet
 * is copied into one buffer, as a device would, and handed over. One connection, the client sends
 * as much as it may, the server reads and forgets.
 */
final class MemoryLink implements AutoCloseable {
  private static final int PORT = 9000;
  private static final int MTU = 1500;
  private static final int BATCH = 64;
  private static final int PIECE = 128 << 10;

  private final ByteBufAllocator allocator;
  private final MptcpStack client;
  private final MptcpStack server;
  private final PacketBatch sent = new PacketBatch(BATCH);
  private final PacketBatch arrived = new PacketBatch(BATCH);
  private final ByteBuf piece;
  private MptcpSocket sender;
  private long receivedBytes;

  MemoryLink(ByteBufAllocator allocator) {
    this.allocator = allocator;
    piece = allocator.directBuffer(PIECE, PIECE).writeZero(PIECE);
    long nowNs = System.nanoTime();
    client = stack(nowNs, "10.1.0.1/24", "10.2.0.1/24");
    server = stack(nowNs, "10.1.0.2/24", "10.2.0.2/24");
    try {
      InetAddress address = IpAddress.parse("10.1.0.2").toInetAddress();
      server.listen(new InetSocketAddress(PORT), 1);
      client.connect(nowNs, new InetSocketAddress(address, PORT));
    } catch (MptcpException e) {
      throw LabException.failed("two stacks in memory: " + e.getMessage(), e);
    }
  }

  private MptcpStack stack(long nowNs, String... addresses) {
    MptcpStack stack = MptcpStack.builder().allocator(allocator).random(new SecureRandom()).build();
    for (int link = 0; link < addresses.length; link++) {
      stack.addLink(link, MTU);
      stack.addAddress(nowNs, link, addresses[link], Priority.NORMAL);
    }
    return stack;
  }

  /** Lets both stacks work until that time of {@link System#nanoTime}. */
  void runUntil(long endNs) {
    long nowNs = System.nanoTime();
    while (nowNs < endNs) {
      carry(nowNs, client, server);
      serverEvents();
      carry(nowNs, server, client);
      clientEvents();
      timers(nowNs, client);
      timers(nowNs, server);
      nowNs = System.nanoTime();
    }
  }

  private void carry(long nowNs, MptcpStack from, MptcpStack to) {
    from.pollTransmit(nowNs, sent);
    for (int i = 0; i < sent.size(); i++) {
      Packet out = sent.get(i);
      Packet in = arrived.add();
      in.header(out.linearize(allocator));
      in.gsoSize(out.gsoSize());
      in.checksum(out.checksum());
      in.linkIndex(out.linkIndex());
    }
    sent.clear();
    if (arrived.size() > 0) {
      to.onPackets(nowNs, arrived);
    }
  }

  private static void timers(long nowNs, MptcpStack stack) {
    if (stack.nextTimeoutNs() <= nowNs) {
      stack.onTimeout(nowNs);
    }
  }

  private void clientEvents() {
    for (StackEvent event = client.pollEvent(); event != null; event = client.pollEvent()) {
      switch (event.type()) {
        case CONNECTED -> sender = event.socket();
        case CONNECT_FAILED, CLOSED ->
            throw LabException.failed("two stacks in memory: " + event.error());
        default -> event.type();
      }
    }
    while (sender != null && sender.writableBytes() > 0) {
      sender.write(piece.retainedDuplicate());
    }
  }

  private void serverEvents() {
    for (StackEvent event = server.pollEvent(); event != null; event = server.pollEvent()) {
      if (event.type() == StackEvent.Type.ACCEPTABLE) {
        accept(event.server());
      } else if (event.type() == StackEvent.Type.READABLE) {
        read(event.socket());
      }
    }
  }

  private void accept(MptcpServerSocket listener) {
    MptcpSocket socket = listener.accept();
    if (socket != null) {
      read(socket);
    }
  }

  private void read(MptcpSocket socket) {
    ByteBuf data;
    while ((data = socket.read()) != null) {
      receivedBytes += data.readableBytes();
      data.release();
    }
  }

  /** Bytes that the server has read so far. */
  long receivedBytes() {
    return receivedBytes;
  }

  /** Subflows of the connection. */
  int subflows() {
    return server.usage().flows();
  }

  @Override
  public void close() {
    client.close();
    server.close();
    piece.release();
  }
}
