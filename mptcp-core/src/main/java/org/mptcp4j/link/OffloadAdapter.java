package org.mptcp4j.link;

import io.netty.buffer.ByteBufAllocator;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.SoftwareChecksum;

/**
 * Gives a link the offloads it lacks: cuts super-segments, completes checksums, merges received
 * segments. To the core every link then looks alike. Costs nothing for what the device does by
 * itself.
 */
public final class OffloadAdapter implements LinkDevice {
  private static final int READ_BATCH = 64;

  private final LinkDevice device;
  private final ByteBufAllocator allocator;
  private final LinkFeatures own;
  private final Segmenter segmenter = new Segmenter();
  private final Coalescer coalescer;
  private final PacketBatch raw = new PacketBatch(1);
  private final Packet piece = new Packet();
  private boolean cutting;

  private OffloadAdapter(LinkDevice device, ByteBufAllocator allocator) {
    this.device = device;
    this.allocator = allocator;
    this.own = device.features();
    this.coalescer = new Coalescer(allocator);
  }

  /**
   * The device itself when it lacks nothing, else an adapter around it, which closes it when
   * closed.
   *
   * @param device a link
   * @param allocator for headers of cut segments and for merged ones
   */
  public static LinkDevice wrap(LinkDevice device, ByteBufAllocator allocator) {
    return device.features().equals(LinkFeatures.ALL)
        ? device
        : new OffloadAdapter(device, allocator);
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public int mtu() {
    return device.mtu();
  }

  /** {@inheritDoc} Always everything. */
  @Override
  public LinkFeatures features() {
    return LinkFeatures.ALL;
  }

  @Override
  public LinkCounters counters() {
    return device.counters();
  }

  @Override
  public int receive(PacketBatch into) {
    if (own.gro()) {
      return device.receive(into);
    }
    int before = into.size();
    int result = 0;
    for (int reads = 0; reads < READ_BATCH && hasRoom(into); reads++) {
      result = device.receive(raw);
      if (result <= 0) {
        break;
      }
      if (!merge(into)) {
        break;
      }
    }
    coalescer.flush(into);
    int received = into.size() - before;
    return received == 0 && result == CLOSED ? CLOSED : received;
  }

  /** Returns whether there was memory for it. */
  private boolean merge(PacketBatch into) {
    try {
      coalescer.accept(raw.get(0), into);
      return true;
    } catch (OutOfMemoryError e) {
      counters().receiveNoMemory();
      return false;
    } finally {
      raw.clear();
    }
  }

  /** One more packet gives at most one slot more than are pending. */
  private boolean hasRoom(PacketBatch into) {
    return into.capacity() - into.size() > coalescer.pending();
  }

  /**
   * {@inheritDoc} A super-segment that the device takes only in part stays busy until all its
   * pieces are taken.
   */
  @Override
  public boolean send(Packet packet) {
    try {
      return cutAndSend(packet);
    } catch (RuntimeException | Error failure) {
      cutting = false; // the next packet offered is another one
      piece.release();
      throw failure;
    }
  }

  private boolean cutAndSend(Packet packet) {
    if (!cutting) {
      if (packet.gsoSize() == 0 || segmentsNatively(packet)) {
        return sendWhole(packet);
      }
      segmenter.begin(packet);
      cutting = true;
      nextPiece();
    } else {
      segmenter.movedTo(packet);
    }
    while (piece.length() > 0) {
      if (!device.send(piece)) {
        return false;
      }
      nextPiece();
    }
    cutting = false;
    packet.release();
    return true;
  }

  private void nextPiece() {
    piece.release();
    if (segmenter.next(allocator, piece) && !own.checksumOffload()) {
      SoftwareChecksum.complete(piece);
    }
  }

  private boolean sendWhole(Packet packet) {
    if (!own.checksumOffload()) {
      SoftwareChecksum.complete(packet);
    }
    return device.send(packet);
  }

  private boolean segmentsNatively(Packet packet) {
    boolean v4 = packet.header().getByte(packet.header().readerIndex()) >>> 4 == 4;
    return v4 ? own.tso4() : own.tso6();
  }

  @Override
  public void close() {
    piece.release();
    raw.clear();
    coalescer.release();
    device.close();
  }
}
