package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Packets are slices of chunks that a device reads into. Whatever a connection keeps, on whatever
 * level and for whatever reason, it does not keep the chunk.
 */
class KeptMemoryTest {
  private static final long S = 1_000 * TestNet.MS;
  private static final int CHUNK_BYTES = 512 << 10;

  /** Why something is kept; it says how many bytes. */
  private enum Kept {
    UNREAD {
      @Override
      int send(KeptMemoryTest t) {
        t.victim.reading = false;
        t.peer.mapped(0, 2_080, 0, 2_080);
        return 2_080;
      }
    },
    UNREAD_IN_SMALL_PIECES {
      @Override
      int send(KeptMemoryTest t) {
        t.victim.reading = false;
        for (int i = 0; i < 300; i++) {
          t.peer.mapped(i, 1, i, 1);
          t.host.pump();
        }
        return 300;
      }
    },
    BEYOND_A_HOLE {
      @Override
      int send(KeptMemoryTest t) {
        t.peer.mapped(10_000, 2_080, 10_000, 2_080);
        return 2_080;
      }
    },
    BEYOND_A_HOLE_OF_THE_DATA {
      @Override
      int send(KeptMemoryTest t) {
        t.mapped(0, 2_080, 10_000);
        return 2_080;
      }
    },
    UNMAPPED {
      @Override
      int send(KeptMemoryTest t) {
        t.peer.mapped(0, 1, 0, 1);
        t.peer.plain(1, 2_080);
        return 2_080;
      }
    },
    UNMAPPED_IN_SMALL_PIECES {
      @Override
      int send(KeptMemoryTest t) {
        t.peer.mapped(0, 1, 0, 1);
        for (int i = 0; i < 300; i++) {
          t.peer.plain(1 + i, 1);
          t.host.pump();
        }
        return 300;
      }
    },
    PART_OF_A_MAPPING {
      @Override
      int send(KeptMemoryTest t) {
        t.peer.mapped(0, 2_080, 0, 3_000);
        return t.setting.checksums ? 2_080 : 0;
      }
    },
    ONE_BYTE_OF_A_LARGE_PACKET {
      @Override
      int send(KeptMemoryTest t) {
        // 60,000 bytes come before their mappings; only one of them is beyond a hole of the data.
        t.peer.plain(1, 60_000);
        t.map(2, 59_999, 2 - 70_000);
        t.map(1, 1, 50_000);
        t.mapped(0, 1, 0);
        return 1;
      }
    };

    abstract int send(KeptMemoryTest t);
  }

  private record Setting(Kept kept, boolean client, boolean checksums, boolean pooled) {}

  private final List<ByteBuf> chunks = new ArrayList<>();
  private Setting setting;
  private TestNet net;
  private TestApp victim;
  private TestHost host;
  private ForgedPeer peer;

  static List<Setting> settings() {
    List<Setting> all = new ArrayList<>();
    for (Kept kept : Kept.values()) {
      for (int bits = 0; bits < 8; bits++) {
        Setting setting = new Setting(kept, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
        // A checksum has to be right for each mapping, and these are of bytes that came before.
        if (kept != Kept.ONE_BYTE_OF_A_LARGE_PACKET || !setting.checksums) {
          all.add(setting);
        }
      }
    }
    return all;
  }

  private void start(Setting wanted) {
    setting = wanted;
    net = new TestNet(1, 1);
    ConnectionConfig config =
        TestHost.config(c -> c.mptcp(m -> m.checksumRequired(setting.checksums)));
    net.client.config = config;
    net.server.config = config;
    net.server.acceptedFinish = false;
    TestApp client = net.client.connect(net.server, new TestApp(net).sends(100_000));
    client.finish = false;
    net.run(S / 2);
    TestApp server = net.server.apps.get(0);
    server.toSend = 100_000;
    net.run(S / 2);
    victim = setting.client ? client : server;
    host = setting.client ? net.client : net.server;
    peer = new ForgedPeer(net, host, victim, setting.client ? server : client);
    net.memory = this::sliceOfChunk;
  }

  private ByteBuf sliceOfChunk(ByteBuf datagram) {
    ByteBufAllocator allocator =
        setting.pooled ? PooledByteBufAllocator.DEFAULT : UnpooledByteBufAllocator.DEFAULT;
    ByteBuf chunk = allocator.buffer(CHUNK_BYTES, CHUNK_BYTES).writeBytes(datagram);
    datagram.release();
    chunks.add(chunk);
    return chunk.retainedSlice();
  }

  @AfterEach
  void close() {
    net.close();
    chunks.forEach(chunk -> assertThat(chunk.refCnt()).as("references of a chunk").isEqualTo(1));
    chunks.forEach(ByteBuf::release);
    assertThat(victim.leaked()).isZero();
  }

  /** A segment whose bytes are mapped somewhere else in the data. */
  private void mapped(int position, int length, int to) {
    peer.send(position, length, s -> peer.mapElsewhere(s, position, length, to));
  }

  /** Only the mapping of bytes that came, or will. */
  private void map(int position, int length, int to) {
    peer.send(position, 0, s -> peer.mapElsewhere(s, position, length, to));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whatIsKeptDoesNotKeepTheChunk(Setting tried) {
    start(tried);
    int bytes = setting.kept.send(this);
    host.pump();
    chunks.forEach(chunk -> assertThat(chunk.refCnt()).as("references of a chunk").isEqualTo(1));
    assertThat(ConnectionMemory.receivedBytes(victim.connection.meta(), victim.connection.flows()))
        .isBetween((long) bytes, 70_000L);
    assertThat(victim.wrongAt).isEqualTo(-1);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whatIsReadAtOnceIsNotCopied(Setting tried) {
    start(tried);
    victim.reading = false;
    peer.mapped(0, 3_000, 0, 3_000);
    peer.mapped(3_000, 60_000, 3_000, 60_000);
    for (int i = 0; i < 2; i++) {
      ByteBuf data = victim.connection.meta().read();
      assertThat(memoryOf(data)).isSameAs(memoryOf(chunks.get(i)));
      data.release();
    }
    assertThat(ConnectionMemory.receivedBytes(victim.connection.meta(), victim.connection.flows()))
        .isZero();
  }

  private static ByteBuf memoryOf(ByteBuf buf) {
    ByteBuf memory = buf;
    while (memory.unwrap() != null) {
      memory = memory.unwrap();
    }
    return memory;
  }

  // RFC 2018 section 8; RFC 8684 section 3.3.2: what has no DATA_ACK may be dropped, nothing else.
  @ParameterizedTest
  @MethodSource("settings")
  void whatLiesBeyondHolesCanBeDropped(Setting tried) {
    start(tried);
    victim.reading = false;
    peer.mapped(0, 100, 0, 100);
    peer.mapped(50_000, 400, 50_000, 400);
    mapped(100, 200, 30_000);
    host.pump();
    long before = victim.connection.meta().window().next();
    assertThat(ConnectionMemory.prunableBytes(victim.connection.meta(), victim.connection.flows()))
        .isGreaterThan(600);

    ConnectionMemory.prune(victim.connection.meta(), victim.connection.flows());

    assertThat(ConnectionMemory.prunableBytes(victim.connection.meta(), victim.connection.flows()))
        .isZero();
    assertThat(victim.connection.meta().readableBytes()).isEqualTo(100);
    assertThat(victim.connection.meta().window().next()).isEqualTo(before);
    // It comes again, and this time it is kept.
    peer.mapped(50_000, 400, 50_000, 400);
    assertThat(victim.connection.flows().get(0).tcp().oooBytes()).isEqualTo(400);
  }
}
