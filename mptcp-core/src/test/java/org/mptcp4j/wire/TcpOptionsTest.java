package org.mptcp4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TcpOptionsTest {
  private final TcpOptions options = new TcpOptions();

  private TcpOptions parse(String hex) {
    ByteBuf buf = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    options.parse(buf, 0, buf.readableBytes());
    return options;
  }

  @Test
  void aSynOfLinux() {
    parse("020405b4 0402080a 00000007 00000000 01030307 1e040101");
    assertThat(options.mss()).isEqualTo(1460);
    assertThat(options.sackPermitted()).isTrue();
    assertThat(options.hasTimestamps()).isTrue();
    assertThat(options.tsVal()).isEqualTo(7);
    assertThat(options.windowScale()).isEqualTo(7);
    assertThat(options.mptcp(MpCapable.class)).isEqualTo(MpCapable.syn(1));
    assertThat(options.mptcp(MpJoinSyn.class)).isNull();
    assertThat(options.dss().present()).isFalse();
  }

  @Test
  void absentIsAbsent() {
    parse("020405b4 01030307 22 06 01020304");
    parse("");
    assertThat(options.mss()).isEqualTo(-1);
    assertThat(options.windowScale()).isEqualTo(-1);
    assertThat(options.userTimeout()).isEqualTo(-1);
    assertThat(options.fastOpenCookie()).isNull();
    assertThat(options.hasTimestamps()).isFalse();
    assertThat(options.hasMptcp()).isFalse();
    assertThat(options.sackBlocks()).isZero();
  }

  @Test
  void rareOptions() {
    parse("1c04 8005 2206 01020304 1312 00000000000000000000000000000000");
    assertThat(options.userTimeout()).isEqualTo(0x8005);
    assertThat(options.fastOpenCookie()).containsExactly(1, 2, 3, 4);
    assertThat(options.hasMd5()).isTrue();
    assertThat(parse("2202").fastOpenCookie()).isEmpty();
    assertThat(parse("1d040102").hasAuthentication()).isTrue();
  }

  @Test
  void aCookieOfAWrongLengthIsNone() {
    // RFC 7413 section 4.1.1: 6 to 18 bytes with kind and length, an even number; or 2 to ask.
    for (int size = 3; size <= 40; size++) {
      boolean good = size >= 6 && size <= 18 && size % 2 == 0;
      byte[] cookie = parse("22%02x".formatted(size) + "aa".repeat(size - 2)).fastOpenCookie();
      assertThat(cookie == null ? -1 : cookie.length).isEqualTo(good ? size - 2 : -1);
    }
  }

  @Test
  void countersOfAccurateEcn() {
    // RFC 9768 section 3.2.3, table 5.
    assertCounters("ac 0b 000001 000002 000003", 1, 2, 3);
    assertCounters("ae 0b 000001 000002 000003", 3, 2, 1);
    assertCounters("ae 08 000001 000002", -1, 2, 1);
    assertCounters("ac 05 000001", 1, -1, -1);
    assertCounters("ac 02", -1, -1, -1);
    // Other lengths: what is left of the whole counters is padding.
    assertCounters("ac 0c 000001 000002 000003 ff", 1, 2, 3);
    assertCounters("ae 07 000001 ffff", -1, -1, 1);
    assertThat(parse("").hasAccurateEcn()).isFalse();
  }

  private void assertCounters(String hex, int e0b, int ceb, int e1b) {
    parse(hex);
    assertThat(options.hasAccurateEcn()).isTrue();
    assertThat(options.ecnEct0Bytes()).isEqualTo(e0b);
    assertThat(options.ecnCeBytes()).isEqualTo(ceb);
    assertThat(options.ecnEct1Bytes()).isEqualTo(e1b);
  }

  @Test
  void sackBlocksInOrder() {
    // RFC 2018 section 3
    parse("0101 0512 00000001 00000002 fffffffe 00000003");
    assertThat(options.sackBlocks()).isEqualTo(2);
    assertThat(options.sackLeft(1)).isEqualTo(-2);
    assertThat(options.sackRight(1)).isEqualTo(3);
    assertThat(parse("0101 050b 00000001 00000002 00").sackBlocks()).isZero();
    assertThat(options.malformed()).isFalse();
  }

  @Test
  void aCutOptionEndsTheParsing() {
    // RFC 9293 section 3.1
    for (String hex :
        new String[] {"020405b4 03", "020405b4 0300", "020405b4 0301", "020405b4 0304"}) {
      parse(hex);
      assertThat(options.malformed()).as(hex).isTrue();
      assertThat(options.mss()).isEqualTo(1460);
      assertThat(options.windowScale()).isEqualTo(-1);
    }
  }

  @Test
  void whatFollowsTheEndOfTheListIsIgnored() {
    assertThat(parse("00 020405b4").mss()).isEqualTo(-1);
  }

  @Test
  void wrongLengthsOfKnownKindsAreSkipped() {
    parse("0206000005b4 030400 00 0101 080b0000000000000000 00");
    assertThat(options.mss()).isEqualTo(-1);
  }

  @Test
  void anExcessiveWindowScaleIsFourteen() {
    // RFC 7323 section 2.3
    assertThat(parse("0303ff").windowScale()).isEqualTo(14);
  }

  @Test
  void malformedMptcpIsIgnoredAndCounted() {
    parse("1e050101 00 1e0351 1e0621ff0000 1e02");
    assertThat(options.malformedMptcp()).isEqualTo(3);
    assertThat(options.mptcpOptions()).isEqualTo(1);
    assertThat(options.mptcp(0)).isEqualTo(MpPrio.ofSubflow(true));
    assertThat(options.malformed()).isFalse();
  }

  @Test
  void dataFinNeedsAMapping() {
    // RFC 8684 section 3.3.3
    Dss dss = parse("1e08 2011 00000009").dss();
    assertThat(dss.present()).isTrue();
    assertThat(dss.dataFin()).isFalse();
    assertThat(dss.dataAck()).isEqualTo(9);
    assertThat(dss.hasMapping()).isFalse();
  }

  @Test
  void allFormsOfDssAreRead() {
    TcpOptionWriter writer = new TcpOptionWriter();
    for (int flags = 0; flags < 32; flags++) {
      for (int checksum = DssOption.NO_CHECKSUM; checksum <= 0; checksum++) {
        if (checksum == 0 && (flags & Dss.MAP) == 0) {
          continue;
        }
        writer.clear();
        if (checksum == 0) {
          writer.dssWithChecksum(flags, -5, -6, 7, 8, 0xabcd);
        } else {
          writer.dss(flags, -5, -6, 7, 8);
        }
        options.parse(writer.bytes(), 0, writer.bytes().writerIndex());
        Dss dss = options.dss();
        assertThat(dss.present()).isTrue();
        assertThat(dss.hasAck()).isEqualTo((flags & Dss.ACK) != 0);
        assertThat(dss.hasMapping()).isEqualTo((flags & Dss.MAP) != 0);
        assertThat(dss.hasChecksum()).isEqualTo(checksum == 0);
        if (dss.hasAck()) {
          assertThat(dss.dataAck()).isEqualTo(dss.ack64() ? -5 : -5 & 0xffffffffL);
        }
        if (dss.hasMapping()) {
          assertThat(dss.dsn()).isEqualTo(dss.dsn64() ? -6 : -6 & 0xffffffffL);
          assertThat(dss.ssn()).isEqualTo(7);
          assertThat(dss.length()).isEqualTo(8);
          assertThat(dss.dataFin()).isEqualTo((flags & Dss.DATA_FIN) != 0);
        }
      }
    }
  }

  @Test
  void theWriterKeepsTheBudget() {
    TcpOptionWriter writer = new TcpOptionWriter();
    assertThat(writer.timestamps(1, 2)).isTrue();
    assertThat(writer.dssAck64Map64(1, 2, 3, 4)).isTrue();
    assertThat(writer.used()).isEqualTo(40);
    assertThat(writer.room()).isZero();
    assertThat(writer.sackRoom()).isZero();
    assertThat(writer.sack(1)).isFalse();
    assertThat(writer.mptcp(MpPrio.ofSubflow(true))).isFalse();
    writer.pad();
    assertThat(writer.bytes().writerIndex()).isEqualTo(40);
    writer.clear();
    assertThat(writer.timestamps(1, 2)).isTrue();
    assertThat(writer.sackRoom()).isEqualTo(3);
    assertThat(writer.sack(4)).isFalse();
    assertThat(writer.sack(3)).isTrue();
  }

  @Test
  void accurateEcnAndSackShareTheRoom() {
    TcpOptionWriter writer = new TcpOptionWriter();
    assertThat(writer.accurateEcnRoom(3)).isEqualTo(3);
    assertThat(writer.accurateEcnRoom(4)).isEqualTo(1);
    writer.accurateEcn(1, 1, 2, 3);
    assertThat(writer.sackRoom()).isEqualTo(4);
    assertThat(writer.sack(4)).isTrue();
    writer.clear();
    writer.timestamps(1, 2);
    assertThat(writer.accurateEcnRoom(0)).isEqualTo(3);
    assertThat(writer.accurateEcnRoom(1)).isEqualTo(3);
    assertThat(writer.accurateEcnRoom(2)).isEqualTo(2);
    assertThat(writer.accurateEcnRoom(3)).isZero();
    writer.accurateEcn(2, 1, 2, 3);
    assertThat(writer.sackRoom()).isEqualTo(2);
    assertThat(writer.sack(2)).isTrue();
  }

  @Test
  void whatWasWrittenLastMovesForward() {
    TcpOptionWriter writer = new TcpOptionWriter();
    writer.mss(1460);
    writer.sackPermittedAlone();
    writer.windowScale(8);
    writer.accurateEcn(3, 1, 0, 2);
    writer.moveForward(12, 4);
    assertThat(ByteBufUtil.hexDump(writer.bytes()))
        .isEqualTo("020405b4" + "ae0b00000100000000000201" + "01010402" + "01030308");
  }

  @Property(tries = 5000)
  void anyBytesAreSurvived(@ForAll @Size(max = 40) byte[] bytes) {
    ByteBuf buf = Unpooled.wrappedBuffer(bytes);
    options.parse(buf, 0, bytes.length);
    TcpOptionCursor cursor = new TcpOptionCursor();
    cursor.reset(buf, 0, bytes.length);
    int steps = 0;
    while (cursor.next()) {
      steps++;
    }
    assertThat(steps).isLessThanOrEqualTo(bytes.length);
    assertThat(cursor.malformed()).isEqualTo(options.malformed());
  }

  @Test
  void anOptionThatNobodyKnowsIsIgnored() {
    // RFC 9293 section 3.1 (MUST-6): it has a length.
    parse("fe06 01020304 020405b4");
    assertThat(options.mss()).isEqualTo(1460);
    assertThat(options.malformed()).isFalse();
  }

  // RFC 8684 section 3.3: the reserved bits, seven between the subtype and the flags, are 0.
  @Test
  void reservedBitsOfADssAreZero() {
    TcpOptionWriter writer = new TcpOptionWriter();
    for (int flags = 0; flags < 32; flags++) {
      writer.clear();
      writer.dss(flags, -1, -1, -1, -1);
      assertThat(writer.bytes().getUnsignedShort(2)).isEqualTo(MptcpOption.DSS << 12 | flags);
      if ((flags & Dss.MAP) != 0) {
        writer.clear();
        writer.dssWithChecksum(flags, -1, -1, -1, -1, -1);
        assertThat(writer.bytes().getUnsignedShort(2)).isEqualTo(MptcpOption.DSS << 12 | flags);
      }
    }
    writer.clear();
    writer.dssAck64(-1);
    assertThat(writer.bytes().getUnsignedShort(2)).isEqualTo(0x2003);
    writer.clear();
    writer.dssAck64Map64(-1, -1, -1, -1);
    assertThat(writer.bytes().getUnsignedShort(2)).isEqualTo(0x200f);
  }
}
