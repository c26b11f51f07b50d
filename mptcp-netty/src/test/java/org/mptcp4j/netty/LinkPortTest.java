package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.channel.IoEventLoop;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackGroup;
import org.mptcp4j.link.LinkCounters;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.LinkFeatures;
import org.mptcp4j.link.OffloadAdapter;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

class LinkPortTest {
  private static final int PAYLOAD = 1_000;

  /** Has segments of one flow, without any offload. */
  private static final class Bare implements LinkDevice {
    private final LinkCounters counters = new LinkCounters();
    private int seq;
    private int waiting;
    private int failures;
    private int asked;
    private int sent;

    @Override
    public String name() {
      return "bare";
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
      asked++;
      if (waiting > 0 && failures > 0) {
        failures--;
        throw new OutOfMemoryError("made by a test");
      }
      int count = 0;
      while (waiting > 0 && !into.isFull()) {
        next(into.add());
        waiting--;
        count++;
      }
      return count;
    }

    private void next(Packet into) {
      TxSegment segment = new TxSegment();
      segment.src(IpAddress.parse("10.0.0.1")).dst(IpAddress.parse("10.0.0.2"));
      segment.srcPort(1).dstPort(2).seq(seq).flags(TcpFlags.ACK);
      ByteBuf payload = ByteBufAllocator.DEFAULT.buffer(PAYLOAD).writeZero(PAYLOAD);
      segment.addPayload(payload, 0, PAYLOAD);
      payload.release();
      seq += PAYLOAD;
      Packet pieces = new Packet();
      segment.encodeInto(pieces, ByteBufAllocator.DEFAULT);
      into.header(pieces.linearize(ByteBufAllocator.DEFAULT));
      into.checksum(pieces.checksum());
      pieces.release();
      counters.received(into.length());
    }

    @Override
    public boolean send(Packet packet) {
      assertThat(packet.length()).isPositive();
      packet.release();
      sent++;
      return true;
    }

    @Override
    public LinkCounters counters() {
      return counters;
    }

    @Override
    public void close() {}
  }

  @RegisterExtension private final CapturedLog logged = new CapturedLog();
  private final Bare bare = new Bare();
  private final LinkPort port =
      new LinkPort(OffloadAdapter.wrap(bare, ByteBufAllocator.DEFAULT), null);
  private final PacketBatch batch = new PacketBatch(4);

  private void arrive(int segments) {
    bare.waiting = segments;
    assertThat(port.receive(batch)).isEqualTo(1);
    assertThat(batch.get(0).length()).isGreaterThan(segments * PAYLOAD);
    batch.clear();
  }

  @Test
  void packetsThatCameTogetherAndWereMergedDidNotComeAlone() {
    for (int i = 0; i < 20; i++) {
      arrive(10);
    }
    assertThat(port.packetsComeAlone()).isFalse();
    for (int i = 0; i < 20; i++) {
      arrive(1);
    }
    assertThat(port.packetsComeAlone()).isTrue();
  }

  @Test
  void nothingIsLeftInADeviceThatTellsOfItsPacketsOnce() {
    VirtualEventLoop loop = new VirtualEventLoop(() -> 0);
    MptcpStack stack = MptcpStack.builder().seed(1).link(0, 1_500).build();
    LinkDrive drive = new LinkDrive(stack, (IoEventLoop) loop, 0);
    WakeUpWatch watch = new WakeUpWatch((IoEventLoop) loop);
    LinkDevice link = OffloadAdapter.wrap(bare, ByteBufAllocator.DEFAULT);
    drive.addPort(new LinkPort(link, watch), () -> {});
    loop.runDue();
    bare.waiting = 100;
    watch.run();
    loop.runDue();
    assertThat(bare.waiting).isZero();
    stack.close();
  }

  /** Not to ask for a second one pays where the device itself tells of it. */
  @Test
  void aLonePacketOfADeviceThatTellsOnceCostsOneRound() {
    VirtualEventLoop loop = new VirtualEventLoop(() -> 0);
    MptcpStack stack = MptcpStack.builder().seed(1).link(0, 1_500).build();
    LinkDrive drive = new LinkDrive(stack, (IoEventLoop) loop, 0);
    WakeUpWatch watch = new WakeUpWatch((IoEventLoop) loop);
    drive.addPort(new LinkPort(bare, watch), () -> {});
    loop.runDue();
    for (int i = 0; i < 50; i++) {
      bare.waiting = 1;
      watch.run();
      int rounds = 0;
      while (loop.runNow() > 0) {
        rounds++;
      }
      assertThat(rounds).as("of packet %d", i).isEqualTo(i < ArrivalPattern.SURE ? 2 : 1);
      assertThat(bare.waiting).isZero();
    }
    stack.close();
  }

  /** A device that tells again and again that it has packets, as epoll does. */
  private final class Insisting implements DeviceWatch {
    private final VirtualEventLoop loop;
    private Listener listener;
    private boolean wanted = true;

    private Insisting(VirtualEventLoop loop) {
      this.loop = loop;
    }

    void turn() {
      if (wanted && bare.waiting > 0) {
        listener.readable();
      }
      loop.runDue();
    }

    @Override
    public void start(LinkDevice device, Listener toBeTold) {
      listener = toBeTold;
    }

    @Override
    public boolean tellsAgain() {
      return true;
    }

    @Override
    public void awaitRoom() {}

    @Override
    public void ignoreRoom() {}

    @Override
    public void ignorePackets() {
      wanted = false;
    }

    @Override
    public void awaitPackets() {
      wanted = true;
    }

    @Override
    public void stop() {}
  }

  @Test
  void aDeviceThatFailsIsAskedAgainAfterAWhile() {
    long[] nowNs = new long[1];
    VirtualEventLoop loop = new VirtualEventLoop(() -> nowNs[0]);
    MptcpStack stack = MptcpStack.builder().seed(1).link(0, 1_500).build();
    LinkDrive drive = new LinkDrive(stack, (IoEventLoop) loop, 0);
    Insisting watch = new Insisting(loop);
    drive.addPort(new LinkPort(bare, watch), () -> {});
    bare.waiting = 7;
    bare.failures = 3;
    for (int i = 0; i < 2_500; i++) {
      watch.turn();
      nowNs[0] += LinkDrive.REST_NS / 1_000;
    }
    assertThat(bare.failures).isZero();
    assertThat(bare.asked).isEqualTo(3);
    for (int i = 0; i < 1_500; i++) {
      watch.turn();
      nowNs[0] += LinkDrive.REST_NS / 1_000;
    }
    assertThat(bare.waiting).isZero();
    assertThat(stack.counters()).containsEntry("IpInReceives", 7L);
    stack.close();
    assertLogged("reading from a device failed");
  }

  @Test
  void aDeviceThatTellsOfItsPacketsOnceIsAskedAgainAfterAFailure() {
    long[] nowNs = new long[1];
    VirtualEventLoop loop = new VirtualEventLoop(() -> nowNs[0]);
    MptcpStack stack = MptcpStack.builder().seed(1).link(0, 1_500).build();
    LinkDrive drive = new LinkDrive(stack, (IoEventLoop) loop, 0);
    WakeUpWatch watch = new WakeUpWatch((IoEventLoop) loop);
    drive.addPort(new LinkPort(bare, watch), () -> {});
    loop.runDue();
    bare.waiting = 7;
    bare.failures = 1;
    watch.run();
    loop.runDue();
    assertThat(bare.waiting).isEqualTo(7);
    nowNs[0] += LinkDrive.REST_NS;
    loop.runDue();
    assertThat(bare.waiting).isZero();
    stack.close();
    assertLogged("reading from a device failed");
  }

  @Test
  void anErrorInOnePacketDoesNotKeepTheDriveFromTheNext() {
    long[] nowNs = new long[1];
    VirtualEventLoop loop = new VirtualEventLoop(() -> nowNs[0]);
    AtomicInteger refused = new AtomicInteger(1);
    MptcpStack stack =
        MptcpStack.builder()
            .seed(1)
            .allocator(refusing(refused))
            .link(0, 1_500)
            .address(0, "10.0.0.2/24")
            .build();
    LinkDrive drive = new LinkDrive(stack, loop, 0);
    WakeUpWatch watch = new WakeUpWatch(loop);
    drive.addPort(new LinkPort(bare, watch), () -> {});
    bare.waiting = 3;
    watch.run();
    loop.runDue();
    bare.waiting = 3;
    watch.run();
    loop.runDue();
    assertThat(bare.waiting).isZero();
    assertThat(bare.sent).isPositive();
    stack.close();
    assertLogged("processing packets failed");
  }

  /** Resets need memory. */
  private static ByteBufAllocator refusing(AtomicInteger times) {
    return (ByteBufAllocator)
        Proxy.newProxyInstance(
            LinkPortTest.class.getClassLoader(),
            new Class<?>[] {ByteBufAllocator.class},
            (proxy, method, arguments) -> {
              if (times.getAndDecrement() > 0) {
                throw new OutOfMemoryError("made by a test");
              }
              return method.invoke(ByteBufAllocator.DEFAULT, arguments);
            });
  }

  @Test
  void aDefectInOnePacketDoesNotKeepThoseBehindItInTheInbox() {
    VirtualEventLoop loop = new VirtualEventLoop(() -> 0);
    MptcpStack stack =
        MptcpStack.builder()
            .seed(1)
            .link(0, 1_500)
            .member(StackGroup.of(1, new Random(1)), 0)
            .build();
    LinkDrive drive = new LinkDrive(stack, (IoEventLoop) loop, 0);
    Inbox inbox = new Inbox((IoEventLoop) loop);
    drive.join(new Crossing(List.of(inbox), 0));
    ByteBuf broken =
        new UnpooledHeapByteBuf(UnpooledByteBufAllocator.DEFAULT, 40, 40) {
          @Override
          public byte getByte(int index) {
            throw new IllegalStateException("made by a test");
          }
        };
    PacketBatch handed = new PacketBatch(10);
    handed.add().header(broken.writerIndex(40));
    bare.waiting = 9;
    bare.receive(handed);
    ByteBuf last = handed.get(9).header();
    inbox.add(handed);
    loop.runDue();
    assertThat(broken.refCnt()).isZero();
    assertThat(last.refCnt()).isZero();
    stack.close();
    assertLogged("processing packets failed");
  }

  private void assertLogged(String message) {
    assertThat(logged.take()).singleElement().asString().contains(message);
  }
}
