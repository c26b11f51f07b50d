package org.mptcp4j.link.tun;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;

/** Reader and writer against memory instead of a device. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the native calls are Linux's")
class TunIoTest {
  private static final PooledByteBufAllocator ALLOCATOR = new PooledByteBufAllocator(true);
  private static final byte[] PLAIN = new byte[12];

  private final Queue<byte[]> arriving = new ArrayDeque<>();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final Packet packet = new Packet();
  private final TunIo io =
      new TunIo() {
        @Override
        public int read(long address, int length) {
          byte[] next = arriving.poll();
          if (next == null) {
            return EAGAIN;
          }
          new Pointer(address).write(0, next, 0, next.length);
          return next.length;
        }

        @Override
        public int writev(long iovAddress, int count) {
          Pointer iov = new Pointer(iovAddress);
          for (int i = 0; i < count; i++) {
            long length = iov.getLong(16L * i + 8);
            byte[] bytes = new Pointer(iov.getLong(16L * i)).getByteArray(0, (int) length);
            written.writeBytes(bytes);
          }
          return written.size();
        }
      };
  private final TunReader reader = new TunReader(io, ALLOCATOR, 12);
  private final TunWriter writer = new TunWriter(io, 12);

  @AfterEach
  void release() {
    packet.release();
    reader.close();
    writer.close();
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] bytes(ByteBuf buf) {
    byte[] bytes = new byte[buf.readableBytes()];
    buf.getBytes(buf.readerIndex(), bytes);
    return bytes;
  }

  @Test
  void packetsOfEverySizeKeepTheirBytesWhileLaterOnesArrive() {
    int[] sizes = {40, 65535, 2048, 2049, 1500, 65535, 30000, 65535, 65535, 65535, 65535, 65535};
    Packet[] kept = new Packet[sizes.length];
    for (int size : sizes) {
      arriving.add(join(PLAIN, random(size)));
    }
    for (int i = 0; i < sizes.length; i++) {
      kept[i] = new Packet();
      assertThat(reader.read(kept[i])).isEqualTo(sizes[i]);
    }
    assertThat(reader.read(packet)).isEqualTo(TunIo.EAGAIN);
    for (int i = 0; i < sizes.length; i++) {
      assertThat(bytes(kept[i].header())).isEqualTo(random(sizes[i]));
      kept[i].release();
    }
  }

  @Test
  void theBufferIsUsedAgainFromItsStartOnceNothingOfItIsHeld() {
    arriving.add(join(PLAIN, random(30000)));
    arriving.add(join(PLAIN, random(30001)));
    arriving.add(join(PLAIN, random(30002)));
    Packet held = new Packet();

    reader.read(held);
    final long first = held.header().memoryAddress();
    reader.read(packet);
    assertThat(packet.header().memoryAddress()).isGreaterThanOrEqualTo(first + 30000);
    packet.release();
    held.release();
    reader.read(packet);

    assertThat(packet.header().memoryAddress()).isEqualTo(first);
  }

  @Test
  void aFullBufferIsUsedAgainWhenItsPacketsCameBack() {
    Scarce memory = new Scarce();
    TunReader frugal = new TunReader(io, memory, 12);
    for (int i = 0; i < 70; i++) {
      arriving.add(join(PLAIN, random(65_000)));
    }
    ArrayDeque<Packet> kept = new ArrayDeque<>();
    for (int i = 0; i < 14; i++) {
      kept.add(new Packet());
      frugal.read(kept.getLast());
    }
    final long used = memory.memory.metric().usedDirectMemory();

    // As many as two buffers have room for are always kept.
    for (int i = 14; i < 70; i++) {
      Packet oldest = kept.remove();
      assertThat(bytes(oldest.header())).isEqualTo(random(65_000));
      oldest.release();
      frugal.read(oldest);
      kept.add(oldest);
    }

    assertThat(memory.memory.metric().usedDirectMemory())
        .isLessThanOrEqualTo(used + ReadChunks.CHUNK_BYTES);
    kept.forEach(Packet::release);
    frugal.close();
    assertThat(memory.memory.metric().usedDirectMemory()).isZero();
  }

  @Test
  void smallPacketsDoNotHoldTheBigBuffer() {
    arriving.add(join(PLAIN, random(60)));
    arriving.add(join(PLAIN, random(600)));
    Packet larger = new Packet();

    reader.read(packet);
    reader.read(larger);

    assertThat(packet.header().capacity()).isEqualTo(TunReader.TINY);
    assertThat(larger.header().capacity()).isEqualTo(600);
    larger.release();
  }

  @Test
  void buffersOfTinyPacketsAreUsedAgainWhenTheyCameBack() {
    Set<ByteBuf> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < 200; i++) {
      arriving.add(join(PLAIN, random(40 + i)));

      assertThat(reader.read(packet)).isEqualTo(40 + i);

      assertThat(bytes(packet.header())).isEqualTo(random(40 + i));
      seen.add(packet.header());
      packet.release();
    }

    assertThat(seen).hasSizeLessThanOrEqualTo(32);
  }

  @Test
  void buffersOfTinyPacketsThatSomebodyKeepsAreLeftAlone() {
    List<ByteBuf> kept = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      arriving.add(join(PLAIN, random(40 + i)));
      reader.read(packet);
      kept.add(packet.header().retainedSlice());
      packet.release();
    }

    reader.close();

    for (int i = 0; i < kept.size(); i++) {
      assertThat(bytes(kept.get(i))).isEqualTo(random(40 + i));
      assertThat(kept.get(i).release()).isTrue();
    }
  }

  /** Refuses while it is told to. */
  private static final class Scarce extends AbstractByteBufAllocator {
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    private boolean refuses;
    private int asked;

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      asked++;
      if (refuses) {
        throw new OutOfMemoryError("made by a test");
      }
      return memory.directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      throw new UnsupportedOperationException("not expected of a link");
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }

  @Test
  void packetsAreTakenOffTheDeviceWithoutMemoryAndTheTinyOnesHandedOn() {
    Scarce scarce = new Scarce();
    long[] nowNs = new long[1];
    TunReader hungry = new TunReader(io, scarce, 12, () -> nowNs[0]);
    arriving.add(join(PLAIN, random(60)));
    assertThat(hungry.read(packet)).isEqualTo(60);
    packet.release();
    Packet held = new Packet();
    for (int i = 0; i < 8; i++) {
      arriving.add(join(PLAIN, random(65_000)));
      hungry.read(held.length() == 0 ? held : packet);
      packet.release();
    }
    scarce.refuses = true;
    final int before = scarce.asked;
    for (int i = 0; i < 100; i++) {
      arriving.add(join(PLAIN, random(65_000)));
      arriving.add(join(PLAIN, random(1_000)));
      arriving.add(join(PLAIN, random(40 + i)));
      assertThat(hungry.read(packet)).isEqualTo(TunReader.NO_MEMORY);
      assertThat(hungry.read(packet)).isEqualTo(TunReader.NO_MEMORY);
      assertThat(hungry.read(packet)).isEqualTo(40 + i);
      assertThat(bytes(packet.header())).isEqualTo(random(40 + i));
      packet.release();
    }
    assertThat(scarce.asked - before).isLessThan(10);
    assertThat(bytes(held.header())).isEqualTo(random(65_000));

    scarce.refuses = false;
    nowNs[0] += BufferSource.PAUSE_NS;
    arriving.add(join(PLAIN, random(65_000)));
    assertThat(hungry.read(packet)).isEqualTo(65_000);
    assertThat(bytes(packet.header())).isEqualTo(random(65_000));
    packet.release();
    held.release();
    hungry.close();
    assertThat(scarce.memory.metric().usedDirectMemory()).isZero();
  }

  @Test
  void theBufferInHandIsUsedAgainWhenThereIsNoMemoryForAnother() {
    Scarce scarce = new Scarce();
    TunReader hungry = new TunReader(io, scarce, 12, () -> 0);
    Packet[] held = new Packet[7];
    for (int i = 0; i < held.length; i++) {
      held[i] = new Packet();
      arriving.add(join(PLAIN, random(65_000)));
      assertThat(hungry.read(held[i])).isEqualTo(65_000);
    }
    scarce.refuses = true;
    for (int i = 0; i < 3; i++) {
      arriving.add(join(PLAIN, random(65_000)));
    }
    hungry.read(packet);
    packet.release();
    assertThat(hungry.read(packet)).isEqualTo(TunReader.NO_MEMORY);
    for (Packet one : held) {
      one.release();
    }
    assertThat(hungry.read(packet)).isEqualTo(65_000);
    packet.release();
    hungry.close();
  }

  @Test
  void onePacketKeptOfEachChunkDoesNotKeepTheChunks() {
    Scarce memory = new Scarce();
    TunReader frugal = new TunReader(io, memory, 12);
    List<ByteBuf> kept = new ArrayList<>();
    byte[] small = join(PLAIN, random(3_000));
    byte[] large = join(PLAIN, random(65_000));
    for (int i = 0; i < 500; i++) {
      arriving.add(small);
      frugal.read(packet);
      kept.add(packet.takeHeader());
      for (int n = 0; n < 8; n++) {
        arriving.add(large);
        frugal.read(packet);
        assertThat(packet.header().unwrap()).as("what a large packet is a slice of").isNotNull();
        packet.release();
      }
    }
    long most = 2 * ReadChunks.MOST_WASTE_BYTES;
    assertThat(memory.memory.metric().usedDirectMemory()).isLessThan(most);
    kept.forEach(buf -> assertThat(bytes(buf)).isEqualTo(random(3_000)));
    kept.forEach(ByteBuf::release);

    // Then everything is as before.
    for (int i = 0; i < 40; i++) {
      arriving.add(small);
      frugal.read(packet);
      packet.release();
    }
    assertThat(memory.memory.metric().usedDirectMemory()).isLessThan(1 << 20);
    arriving.add(small);
    frugal.read(packet);
    assertThat(packet.header().unwrap()).isNotNull();
    packet.release();
    frugal.close();
    assertThat(memory.memory.metric().usedDirectMemory()).isZero();
  }

  @Test
  void headerBecomesOffloadState() {
    byte[] superSegment = {1, 1, 52, 0, (byte) 0xa8, 5, 20, 0, 16, 0, 0, 0};
    arriving.add(join(superSegment, random(5000)));

    reader.read(packet);

    assertThat(packet.gsoSize()).isEqualTo(0x5a8);
    assertThat(packet.checksum()).isEqualTo(ChecksumState.PARTIAL);
  }

  @Test
  void otherKindsOfSuperSegmentsAreThrownAway() {
    byte[] udp = {1, 3, 28, 0, (byte) 0xa8, 5, 20, 0, 6, 0, 0, 0};
    arriving.add(join(udp, random(5000)));

    assertThat(reader.read(packet)).isZero();
  }

  @Test
  void gathersHeaderAndPiecesOfEveryKindOfBuffer() {
    ByteBuf header = Unpooled.directBuffer().writeBytes(random(40));
    header.setByte(0, 0x60).setByte(6, 59); // IPv6, no next header
    packet.header(header);
    ByteBuf direct = Unpooled.directBuffer().writeBytes(random(1000));
    ByteBuf heap = Unpooled.wrappedBuffer(random(500));
    ByteBuf composite =
        Unpooled.wrappedBuffer(
            Unpooled.directBuffer().writeBytes(random(70)), Unpooled.wrappedBuffer(random(80)));
    packet.addPiece(direct, 10, 900);
    packet.addPiece(heap, 3, 400);
    packet.addPiece(composite, 60, 30);

    int n = writer.write(packet);

    byte[] expected = join(PLAIN, bytes(header));
    expected = join(expected, Arrays.copyOfRange(random(1000), 10, 910));
    expected = join(expected, Arrays.copyOfRange(random(500), 3, 403));
    expected = join(expected, Arrays.copyOfRange(random(70), 60, 70));
    expected = join(expected, Arrays.copyOf(random(80), 20));
    assertThat(n).isEqualTo(expected.length);
    assertThat(written.toByteArray()).isEqualTo(expected);
    direct.release();
    heap.release();
    composite.release();
  }
}
