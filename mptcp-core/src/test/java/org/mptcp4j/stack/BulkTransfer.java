package org.mptcp4j.stack;

import static org.mptcp4j.stack.TwoHosts.at;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.LinkFeatures;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.link.sim.SimLinkDevice;

/**
 * A client that sends without end to a server that reads without end, over in-memory cables, one
 * for each path. All in the calling thread, nothing is allocated for it on the way.
 */
final class BulkTransfer implements AutoCloseable {

  /** As what the receiver gets the data. */
  enum Arrival {
    /** As they were sent, with their checksum known to be right. */
    SUPER_SEGMENTS(LinkFeatures.ALL, 1 << 20),

    /** Cut on the way and not put together again. */
    WIRE_SEGMENTS(new LinkFeatures(true, true, false, true), 24 << 10);

    private final LinkFeatures features;
    private final int windowBytes;

    Arrival(LinkFeatures features, int windowBytes) {
      this.features = features;
      this.windowBytes = windowBytes;
    }

    /** A receive buffer of no more packets than arrive between two turns of an event loop. */
    int windowBytes() {
      return windowBytes;
    }
  }

  private static final int PORT = 7;
  private static final long TURN_NS = 20_000;
  private static final int WRITE_BYTES = 128 << 10;

  private final MptcpStack client;
  private final MptcpStack server;
  private final SimLinkDevice[] clientEnds;
  private final SimLinkDevice[] serverEnds;
  private final PacketBatch batch = new PacketBatch(16);
  private final ByteBuf filling = Unpooled.directBuffer(WRITE_BYTES).writeZero(WRITE_BYTES);
  private final MptcpServerSocket listener;
  private final MptcpSocket sender;
  private MptcpSocket receiver;
  private long nowNs = 1;
  private long receivedBytes;
  private long packets;

  BulkTransfer(StackConfig config, Arrival arrival, int paths) throws MptcpException {
    PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    StackBuilder clients = MptcpStack.builder().config(config).allocator(allocator).seed(1);
    StackBuilder servers = MptcpStack.builder().config(config).allocator(allocator).seed(2);
    clientEnds = new SimLinkDevice[paths];
    serverEnds = new SimLinkDevice[paths];
    for (int i = 0; i < paths; i++) {
      SimLinkDevice[] ends = SimLinkDevice.pair(1500, arrival.features, 1024, allocator);
      clientEnds[i] = ends[0];
      serverEnds[i] = ends[1];
      clients.link(i, 1500).address(i, "10.0." + i + ".1/24");
      servers.link(i, 1500).address(i, "10.0." + i + ".2/24");
    }
    client = clients.build();
    server = servers.build();
    listener = server.listen(at("10.0.0.2", PORT), 1);
    sender = client.connect(nowNs, at("10.0.0.2", PORT));
  }

  /** Flows of the sending host: the subflows, once they are there. */
  int flows() {
    return client.usage().flows();
  }

  /** Packets that were received at either end, super-segments counted once. */
  long packets() {
    return packets;
  }

  /** Bytes that the receiving application has read. */
  long receivedBytes() {
    return receivedBytes;
  }

  /** Both hosts take turns until so many more packets were received. */
  void run(long more) {
    long until = packets + more;
    while (packets < until) {
      nowNs += TURN_NS;
      turn(client, clientEnds);
      write();
      transmit(client, clientEnds);
      turn(server, serverEnds);
      read();
      transmit(server, serverEnds);
    }
  }

  private void turn(MptcpStack stack, SimLinkDevice[] ends) {
    for (int i = 0; i < ends.length; i++) {
      while (ends[i].receive(batch) > 0) {
        for (int j = 0; j < batch.size(); j++) {
          batch.get(j).linkIndex(i);
        }
        packets += batch.size();
        stack.onPackets(nowNs, batch);
        batch.clear();
      }
    }
    if (stack.nextTimeoutNs() <= nowNs) {
      stack.onTimeout(nowNs);
    }
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      if (event.type() == StackEvent.Type.ACCEPTABLE) {
        receiver = listener.accept();
      }
    }
  }

  private void write() {
    while (sender.writableBytes() >= WRITE_BYTES) {
      sender.write(filling.retain());
    }
  }

  private void read() {
    ByteBuf piece;
    while (receiver != null && (piece = receiver.read()) != null) {
      receivedBytes += piece.readableBytes();
      piece.release();
    }
  }

  private void transmit(MptcpStack stack, SimLinkDevice[] ends) {
    do {
      batch.clear();
      stack.pollTransmit(nowNs, batch);
      for (int i = 0; i < batch.size(); i++) {
        if (!ends[batch.get(i).linkIndex()].send(batch.get(i))) {
          batch.get(i).release(); // a full queue drops
        }
      }
    } while (batch.size() > 0);
  }

  @Override
  public void close() {
    client.close();
    server.close();
    for (int i = 0; i < clientEnds.length; i++) {
      clientEnds[i].close();
      serverEnds[i].close();
    }
    filling.release();
  }
}
