package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.wire.Dss;

/**
 * The segments with the client's keys are lost, and later ones arrive: RFC 8684 section 3.1. What
 * they map can be understood only when the keys come.
 */
class EarlyMappingTest {
  private static final long MS = TestNet.MS;
  private static final int MP_CAPABLE = 0;
  private static final int DSS = 2;

  /** How a client may write the mapping of its second segment. */
  enum Form {
    WIDE {
      @Override
      void rewrite(ByteBuf d, int dss) {
        // As this stack has it.
      }
    },
    NARROW {
      @Override
      void rewrite(ByteBuf d, int dss) {
        narrow(d, dss);
      }
    },
    WIDE_WITH_FIN {
      @Override
      void rewrite(ByteBuf d, int dss) {
        addFin(d, dss);
      }
    },
    NARROW_WITH_FIN {
      @Override
      void rewrite(ByteBuf d, int dss) {
        addFin(d, dss);
        narrow(d, dss);
      }
    };

    abstract void rewrite(ByteBuf d, int dss);
  }

  private final TestNet net = new TestNet(1, 1);
  private TestApp client;
  private TestApp server;

  @AfterEach
  void close() {
    net.close();
    assertThat(client.leaked() + server.leaked()).isZero();
  }

  private static int lengthAt(ByteBuf d, int dss) {
    boolean wide = (d.getByte(dss + 3) & Dss.DSN64) != 0;
    boolean wideAck = (d.getByte(dss + 3) & Dss.ACK64) != 0;
    return dss + 4 + (wideAck ? 8 : 4) + (wide ? 8 : 4) + 4;
  }

  /** The upper half of the data sequence number is left out. */
  private static void narrow(ByteBuf d, int dss) {
    int length = d.getUnsignedByte(dss + 1);
    boolean wideAck = (d.getByte(dss + 3) & Dss.ACK64) != 0;
    int dsn = dss + 4 + (wideAck ? 8 : 4);
    byte[] rest = new byte[dss + length - dsn - 4];
    d.getBytes(dsn + 4, rest);
    d.setBytes(dsn, rest);
    d.setInt(dsn + rest.length, 0x01010101); // NOPs
    d.setByte(dss + 1, length - 4);
    d.setByte(dss + 3, d.getByte(dss + 3) & ~Dss.DSN64);
  }

  /** The mapping ends with a DATA_FIN, one octet more. */
  private static void addFin(ByteBuf d, int dss) {
    int at = lengthAt(d, dss);
    d.setByte(dss + 3, d.getByte(dss + 3) | Dss.DATA_FIN);
    d.setShort(at, d.getUnsignedShort(at) + 1);
    if (dss + d.getUnsignedByte(dss + 1) > at + 2) {
      int sum = (~d.getUnsignedShort(at + 2) & 0xffff) + 1;
      d.setShort(at + 2, ~(sum + (sum >>> 16)) & 0xffff);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "WIDE, false",
    "WIDE, true",
    "NARROW, false",
    "NARROW, true",
    "WIDE_WITH_FIN, false",
    "WIDE_WITH_FIN, true",
    "NARROW_WITH_FIN, false",
    "NARROW_WITH_FIN, true"
  })
  void whatItMapsIsTakenWhenTheKeysCome(Form form, boolean checksums) {
    boolean fin = form == Form.WIDE_WITH_FIN || form == Form.NARROW_WITH_FIN;
    net.client.config = TestHost.config(c -> c.mptcp(m -> m.checksumRequired(checksums)));
    net.server.acceptedFinish = false;
    boolean[] keysAreLost = {true};
    int[] early = {0};
    net.paths[0].drop =
        d -> {
          if (Cutter.isSyn(d)) {
            return false;
          }
          int dss = Cutter.mptcp(d, DSS);
          if (dss >= 0 && Cutter.payload(d) > 0) {
            early[0] += keysAreLost[0] ? 1 : 0;
            form.rewrite(d, dss);
          }
          boolean loneFin = dss >= 0 && (d.getByte(dss + 3) & Dss.DATA_FIN) != 0;
          return keysAreLost[0] && Cutter.hasMptcp(d, MP_CAPABLE)
              || fin && loneFin && Cutter.payload(d) == 0;
        };
    client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(12 * MS);
    server = net.server.apps.get(0);
    client.toSend += 4_000;
    client.connection.meta().setNoDelay(true);
    net.run(20 * MS);
    assertThat(early[0]).as("segments beyond the lost ones").isPositive();
    assertThat(server.received).isZero();
    keysAreLost[0] = false;
    net.run(5_000 * MS);
    assertThat(server.received).isEqualTo(14_000);
    assertThat(server.wrongAt).isEqualTo(-1);
    assertThat(server.connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(client.connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(server.connection.meta().endOfStream()).isEqualTo(fin);
  }
}
