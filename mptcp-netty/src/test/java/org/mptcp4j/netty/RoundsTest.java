package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackGroup;
import org.mptcp4j.link.LinkCounters;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.LinkFeatures;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** An event loop that is never without work looks at its devices and timers all the same. */
class RoundsTest {
  /** What a drive takes from one source before another has its turn. */
  private static final int SHARE = 64;

  /** Far more than a share, but the test ends. */
  private static final int MANY = 10_000;

  private final VirtualEventLoop loop = new VirtualEventLoop(() -> 0);
  private final Inbox inbox = new Inbox(loop);
  private final Busy busy = new Busy();
  private final MptcpStack stack =
      MptcpStack.builder()
          .seed(1)
          .config(
              StackConfig.builder()
                  .limits(Limits.builder().resetsPerSecond(8 * MANY).build())
                  .build())
          .member(StackGroup.of(1, new Random(1)), 0)
          .link(0, 1_500)
          .address(0, "10.0.0.2/24")
          .build();

  /** For each packet that goes out another one comes, until many have. */
  private final class Busy implements LinkDevice {
    private final LinkCounters counters = new LinkCounters();
    private final PacketBatch one = new PacketBatch(1);
    private boolean othersFeed;
    private int waiting;
    private int sent;

    @Override
    public String name() {
      return "busy";
    }

    @Override
    public int mtu() {
      return 1_500;
    }

    @Override
    public LinkFeatures features() {
      return new LinkFeatures(false, false, false, false);
    }

    @Override
    public int receive(PacketBatch into) {
      int count = 0;
      while (waiting > 0 && !into.isFull()) {
        make(into.add());
        waiting--;
        count++;
      }
      return count;
    }

    /** It belongs to no connection, so that the stack answers it with a reset. */
    private void make(Packet into) {
      TxSegment segment = new TxSegment();
      segment.src(IpAddress.parse("10.0.0.1")).dst(IpAddress.parse("10.0.0.2"));
      segment.srcPort(1).dstPort(2).flags(TcpFlags.ACK);
      segment.encodeInto(into, ByteBufAllocator.DEFAULT);
    }

    void handOver() {
      make(one.add());
      inbox.add(one);
    }

    @Override
    public boolean send(Packet packet) {
      packet.release();
      sent++;
      if (sent < MANY) {
        if (othersFeed) {
          handOver();
        } else {
          waiting++;
        }
      }
      return true;
    }

    @Override
    public LinkCounters counters() {
      return counters;
    }

    @Override
    public void close() {}
  }

  private final LinkDrive drive = new LinkDrive(stack, loop, 0);

  private void everyRoundHasItsShare() {
    int before = busy.sent;
    while (loop.runNow() > 0) {
      assertThat(busy.sent - before).isLessThanOrEqualTo(SHARE);
      before = busy.sent;
    }
    assertThat(busy.sent).isEqualTo(MANY + 3 * SHARE - 1);
    drive.close(stack::close);
  }

  @Test
  void packetsOfOtherEventLoopsLeaveTimeForTheDevices() {
    busy.othersFeed = true;
    drive.join(new Crossing(List.of(inbox), 0));
    drive.addPort(new LinkPort(busy, new WakeUpWatch(loop)), () -> {});
    loop.runDue();
    for (int i = 0; i < 3 * SHARE; i++) {
      busy.handOver();
    }
    everyRoundHasItsShare();
  }

  @Test
  void aDeviceWithAThreadOfItsOwnLeavesTimeForTheOthers() {
    WakeUpWatch watch = new WakeUpWatch(loop);
    drive.addPort(new LinkPort(busy, watch), () -> {});
    loop.runDue();
    busy.waiting = 3 * SHARE;
    watch.run();
    everyRoundHasItsShare();
  }

  @Test
  void aTaskGoesOnInTheNextRound() {
    AtomicInteger calls = new AtomicInteger();
    Runnable again =
        new Runnable() {
          @Override
          public void run() {
            calls.incrementAndGet();
            Rounds.next(loop, this);
          }
        };
    loop.execute(again);
    for (int round = 1; round <= 10; round++) {
      loop.runNow();
      assertThat(calls).hasValue(round);
    }
  }

  @Test
  void whatIsLeftIsDoneWhenTheEventLoopShutsDown() {
    IoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    AtomicInteger calls = new AtomicInteger();
    group.execute(
        () -> {
          Rounds.next(group.next(), calls::incrementAndGet);
          group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        });
    group.terminationFuture().syncUninterruptibly();
    assertThat(calls).hasValue(1);
  }
}
