package org.mptcp4j.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.packet.IpAddress;

/** RFC 8684 section 3: every option in every legal length. */
class MptcpOptionTest {
  @Property(tries = 3000)
  void valuesRoundTrip(@ForAll("options") MptcpOption option) {
    ByteBuf out = Unpooled.buffer();
    option.encode(out);
    assertThat(out.readableBytes()).isEqualTo(option.encodedLength()).isLessThanOrEqualTo(40);
    assertThat(out.getUnsignedByte(1)).isEqualTo((short) option.encodedLength());
    assertThat(MptcpOption.decode(out, 0, out.readableBytes())).contains(option);
  }

  @Property(tries = 3000)
  void whatIsDecodedIsEncodedToTheSameLength(@ForAll @Size(min = 3, max = 40) byte[] bytes) {
    bytes[0] = MptcpOption.KIND;
    bytes[1] = (byte) bytes.length;
    MptcpOption.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length)
        .ifPresent(
            option -> {
              ByteBuf out = Unpooled.buffer();
              option.encode(out);
              assertThat(MptcpOption.decode(out, 0, out.readableBytes())).contains(option);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 4 12 20 22 24",
        "1 | 12 16 24",
        "2 | 4",
        "3 | 16 18 28 30",
        "5 | 3 4",
        "6 | 12",
        "7 | 12",
        "8 | 4"
      })
  void otherLengthsAreMalformed(int subtype, String legal) {
    List<String> lengths = List.of(legal.split(" "));
    for (int length = 0; length <= 40; length++) {
      byte[] bytes = new byte[40];
      bytes[2] = (byte) (subtype << 4);
      bytes[39] = 1;
      bytes[9] = 1; // a port is never 0
      bytes[10] = 1;
      bytes[21] = 1;
      assertThat(MptcpOption.decode(Unpooled.wrappedBuffer(bytes), 0, length).isPresent())
          .as("subtype %d length %d", subtype, length)
          .isEqualTo(lengths.contains("" + length));
    }
  }

  @ParameterizedTest
  @CsvSource({"8,true", "10,true", "20,true", "22,true", "16,false", "28,false", "6,false"})
  void anAddAddrEchoHasNoHmac(int length, boolean legal) {
    // RFC 8684 section 3.4.1: the HMAC is left out when E is set.
    byte[] bytes = new byte[length];
    bytes[2] = MptcpOption.ADD_ADDR << 4 | 1;
    bytes[4] = 10;
    bytes[length - 1] = 1;
    assertThat(MptcpOption.decode(Unpooled.wrappedBuffer(bytes), 0, length).isPresent())
        .isEqualTo(legal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e1230010a0002020000be119c3d00444e5a", "1e0a31010a0002020000"})
  void anAddAddrWithPortZeroIsMalformed(String hex) {
    byte[] bytes = ByteBufUtil.decodeHexDump(hex);
    assertThat(MptcpOption.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length)).isEmpty();
    bytes[9] = 80;
    assertThat(MptcpOption.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length)).isPresent();
  }

  @Test
  void goldenBytesOfLinux() {
    assertBytes(MpCapable.syn(MpCapable.HMAC_SHA256), "1e040101");
    assertBytes(MpCapable.synAck(0x21, 0x4be00f8a0836addcL), "1e0c01214be00f8a0836addc");
    assertBytes(
        new MpJoinSynAck(false, 1, 0xbec54d895c9523e2L, 0x40110ff1),
        "1e101001bec54d895c9523e240110ff1");
    assertBytes(
        MpJoinAck.of(ByteBufUtil.decodeHexDump("6aa9478c0d956923cc5a9f09b2296b9ee636af3c")),
        "1e1810006aa9478c0d956923cc5a9f09b2296b9ee636af3c");
    AddAddr announced = new AddAddr(false, 1, IpAddress.parse("10.0.2.2"), 0, 0xbe119c3d00444e5aL);
    assertBytes(announced, "1e1030010a000202be119c3d00444e5a");
    assertBytes(announced.toEcho(), "1e0831010a000202");
    assertBytes(new MpTcpRst(0, MpTcpRst.MPTCP_ERROR), "1e048001");
    assertBytes(RemoveAddr.of(1), "1e044001");
    assertBytes(MpPrio.ofSubflow(true), "1e0351");
  }

  private static void assertBytes(MptcpOption option, String hex) {
    ByteBuf out = Unpooled.buffer();
    option.encode(out);
    assertThat(ByteBufUtil.hexDump(out)).isEqualTo(hex);
    assertThat(MptcpOption.decode(out, 0, out.readableBytes())).contains(option);
  }

  @Test
  void valuesThatCannotBeOnTheWireAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> RemoveAddr.of(256));
    assertThatIllegalArgumentException().isThrownBy(() -> new RemoveAddr(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MpCapable(1, 0, 13, 0, 0, 0, 0))
        .withMessageContaining("13");
    assertThatIllegalArgumentException().isThrownBy(() -> new DssOption(Dss.ACK, 0, 0, 0, 0, 7));
    assertThatIllegalArgumentException().isThrownBy(() -> new MpTcpRst(16, 0));
  }

  @Provide
  Arbitrary<MptcpOption> options() {
    Arbitrary<Long> u64 = Arbitraries.longs();
    Arbitrary<Integer> u32 = Arbitraries.integers();
    Arbitrary<Integer> u16 = Arbitraries.integers().between(0, 0xffff);
    Arbitrary<Integer> u8 = Arbitraries.integers().between(0, 0xff);
    Arbitrary<Integer> u4 = Arbitraries.integers().between(0, 15);
    Arbitrary<Boolean> bit = Arbitraries.of(true, false);
    Arbitrary<IpAddress> address =
        Arbitraries.oneOf(
            u32.map(IpAddress::ofV4),
            Combinators.combine(u64.filter(hi -> hi != 0), u64).as(IpAddress::of));
    return Arbitraries.oneOf(
        Combinators.combine(u8, Arbitraries.of(4, 12, 20, 22, 24), u64, u64, u16, u16)
            .as(MptcpOptionTest::capable),
        Combinators.combine(bit, u8, u32, u32).as(MpJoinSyn::new),
        Combinators.combine(bit, u8, u64, u32).as(MpJoinSynAck::new),
        Combinators.combine(u64, u64, u32).as(MpJoinAck::new),
        Combinators.combine(Arbitraries.integers().between(0, 31), u64, u64, u32, u16, u16, bit)
            .as(MptcpOptionTest::dss),
        Combinators.combine(bit, u8, address, u16, u64)
            .as((e, id, ip, port, hmac) -> new AddAddr(e, id, ip, port, e ? 0 : hmac)),
        u8.list().ofMinSize(1).ofMaxSize(RemoveAddr.MAX_IDS).map(RemoveAddr::new),
        Combinators.combine(bit, Arbitraries.integers().between(-1, 255)).as(MpPrio::new),
        u64.map(MpFail::new),
        u64.map(MpFastclose::new),
        Combinators.combine(u4, u8).as(MpTcpRst::new),
        Combinators.combine(
                Arbitraries.integers().between(9, 15),
                u4,
                Arbitraries.bytes().array(byte[].class).ofMaxSize(37))
            .as(UnknownMptcp::new));
  }

  private static MpCapable capable(
      int flags, int length, long sender, long receiver, int dataLength, int checksum) {
    return new MpCapable(
        flags & 15,
        flags,
        length,
        length >= 12 ? sender : 0,
        length >= 20 ? receiver : 0,
        length >= 22 ? dataLength : 0,
        length >= 24 ? checksum : 0);
  }

  private static DssOption dss(
      int flags, long ack, long dsn, int ssn, int length, int checksum, boolean withChecksum) {
    boolean map = (flags & Dss.MAP) != 0;
    long ackMask = (flags & Dss.ACK64) != 0 ? -1 : 0xffffffffL;
    long dsnMask = (flags & Dss.DSN64) != 0 ? -1 : 0xffffffffL;
    return new DssOption(
        flags,
        (flags & Dss.ACK) != 0 ? ack & ackMask : 0,
        map ? dsn & dsnMask : 0,
        map ? ssn : 0,
        map ? length : 0,
        map && withChecksum ? checksum : DssOption.NO_CHECKSUM);
  }

  // RFC 8684 section 3.4.1: of the four flags only E is assigned; a receiver ignores the others.
  @ParameterizedTest
  @ValueSource(strings = {"1e1030010a000202be119c3d00444e5a", "1e0831010a000202"})
  void otherFlagsOfAnAddAddrAreIgnored(String hex) {
    byte[] bytes = ByteBufUtil.decodeHexDump(hex);
    MptcpOption plain = decode(bytes);
    for (int flags = 2; flags < 16; flags += 2) {
      byte[] other = bytes.clone();
      other[2] |= (byte) flags;
      assertThat(decode(other)).isEqualTo(plain);
    }
  }

  // RFC 8684 section 3.6: flags U, V and W are for others to define; a receiver ignores them.
  @ParameterizedTest
  @ValueSource(ints = {0, MpTcpRst.TRANSIENT})
  void otherFlagsOfAResetAreIgnored(int flags) {
    for (int other = 0; other < 16; other += 2) {
      byte[] bytes = {MptcpOption.KIND, 4, (byte) (0x80 | other | flags), MpTcpRst.MIDDLEBOX};
      MpTcpRst option = (MpTcpRst) decode(bytes);
      assertThat(option.isTransient()).isEqualTo(flags != 0);
      assertThat(option.reason()).isEqualTo(MpTcpRst.MIDDLEBOX);
    }
  }

  private static MptcpOption decode(byte[] bytes) {
    return MptcpOption.decode(Unpooled.wrappedBuffer(bytes), 0, bytes.length).orElseThrow();
  }
}
