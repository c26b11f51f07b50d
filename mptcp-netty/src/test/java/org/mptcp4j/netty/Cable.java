package org.mptcp4j.netty;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.IoEventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.LinkCounters;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.LinkFeatures;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/** Joins two hosts on event loops with threads of their own. */
final class Cable {
  private final End left = new End();
  private final End right = new End();

  /** A host at one end, which ends with its event loop. */
  static MptcpHost host(End end, End other, String address, IoEventLoop loop, Duration linger) {
    MptcpStack stack = MptcpStack.builder().seed(1).link(0, 1_500).address(0, address).build();
    LinkDrive drive = new LinkDrive(stack, loop, 0);
    StackLoop stackLoop = new StackLoop(stack, loop, drive, linger);
    MptcpHost host = new MptcpHost(List.of(stackLoop), List.of(), SocketOptions.defaults(), null);
    WakeUpWatch watch = new WakeUpWatch(loop);
    end.other = other;
    end.arrives = watch;
    loop.submit(
            () -> {
              stackLoop.whenLoopEnds(() -> host.loopEnds(stackLoop));
              drive.addPort(new LinkPort(end, watch), () -> host.loopEnds(stackLoop));
            })
        .syncUninterruptibly();
    return host;
  }

  MptcpHost left(IoEventLoop loop, Duration linger) {
    return host(left, right, "10.0.0.1/24", loop, linger);
  }

  MptcpHost right(IoEventLoop loop, Duration linger) {
    return host(right, left, "10.0.0.2/24", loop, linger);
  }

  /** One end: what is sent here arrives at the other. */
  static final class End implements LinkDevice {
    private final LinkCounters counters = new LinkCounters();
    private final Queue<Packet> arrived = new ConcurrentLinkedQueue<>();
    private volatile End other;
    private volatile Runnable arrives;
    private volatile boolean closed;

    @Override
    public String name() {
      return "cable";
    }

    @Override
    public int mtu() {
      return 1_500;
    }

    @Override
    public LinkFeatures features() {
      return LinkFeatures.ALL;
    }

    @Override
    public int receive(PacketBatch into) {
      int count = 0;
      Packet next;
      while (!into.isFull() && (next = arrived.poll()) != null) {
        next.moveTo(into.add());
        counters.received(into.get(into.size() - 1).length());
        count++;
      }
      return count;
    }

    @Override
    public boolean send(Packet packet) {
      Packet copy = new Packet();
      copy.header(packet.linearize(UnpooledByteBufAllocator.DEFAULT));
      copy.gsoSize(packet.gsoSize());
      copy.checksum(packet.checksum());
      packet.release();
      other.arrived.add(copy);
      if (other.closed) {
        other.close();
      } else {
        other.arrives.run();
      }
      return true;
    }

    @Override
    public LinkCounters counters() {
      return counters;
    }

    @Override
    public void close() {
      closed = true;
      for (Packet packet = arrived.poll(); packet != null; packet = arrived.poll()) {
        packet.release();
      }
    }
  }
}
