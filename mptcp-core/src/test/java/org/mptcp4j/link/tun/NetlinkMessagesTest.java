package org.mptcp4j.link.tun;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.link.tun.TunState.Kind;

/** What the kernel answers, byte by byte, as {@code linux/rtnetlink.h} lays it out. */
class NetlinkMessagesTest {
  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());
  }

  private static byte[] attribute(int type, byte[] value) {
    ByteBuffer made = ByteBuffer.allocate(4 + value.length + 3 & ~3).order(ByteOrder.nativeOrder());
    made.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    return made.array();
  }

  private static byte[] attribute(int type, int value) {
    return attribute(
        type, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
  }

  private static byte[] attribute(int type, String value) {
    return attribute(type, (value + "\0").getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] join(byte[]... parts) {
    ByteBuffer all = buffer();
    for (byte[] part : parts) {
      all.put(part);
    }
    byte[] joined = new byte[all.position()];
    all.flip().get(joined);
    return joined;
  }

  private static ByteBuffer link(int flags, byte[]... attributes) {
    ByteBuffer message = buffer();
    message.putInt(0).putInt(7).putInt(flags).putInt(0);
    return message.put(join(attributes)).flip();
  }

  private static byte[] linkInfo(String kind, byte[]... data) {
    return attribute(18, join(attribute(1, kind), attribute(0x8000 | 2, join(data))));
  }

  @Test
  void aTunDevice() {
    TunState state =
        TunState.decode(
            link(
                0x1091,
                attribute(3, "tun7"),
                attribute(13, 500),
                attribute(4, 1400),
                linkInfo(
                    "tun",
                    attribute(1, 65534),
                    attribute(3, new byte[] {1}),
                    attribute(7, new byte[] {1}),
                    attribute(8, 3))));

    assertThat(state)
        .isEqualTo(
            new TunState("tun7", Kind.TUN, true, 1400, 500, true, 3, 65534, TunState.ANYONE));
  }

  @Test
  void aTapDevice() {
    byte[] info = linkInfo("tun", attribute(2, 12), attribute(3, new byte[] {2}));
    assertThat(TunState.decode(link(0x1090, attribute(3, "tap0"), info)))
        .isEqualTo(new TunState("tap0", Kind.TAP, false, 0, 0, false, 0, TunState.ANYONE, 12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"veth", "bridge", "vlan"})
  void attributesOfOtherKindsMeanSomethingElse(String kind) {
    byte[] info = linkInfo(kind, attribute(3, new byte[] {1}), attribute(7, new byte[] {1}));
    TunState state = TunState.decode(link(1, attribute(3, "eth0"), info));
    assertThat(state.kind()).isEqualTo(Kind.OTHER);
    assertThat(state.multiQueue()).isFalse();
  }

  @Test
  void whateverIsCutShortEnds() {
    ByteBuffer whole = link(1, attribute(3, "tun7"), linkInfo("tun", attribute(3, new byte[] {1})));
    for (int length = 16; length < whole.limit(); length++) {
      TunState state = TunState.decode(whole.duplicate().order(whole.order()).limit(length));
      assertThat(state.up()).isTrue();
    }
    assertThat(TunState.decode(link(1, new byte[8])).kind()).isEqualTo(Kind.OTHER);
  }

  private static ByteBuffer address(int family, int prefix, byte[]... attributes) {
    ByteBuffer message = buffer().put((byte) family).put((byte) prefix).putShort((short) 0);
    return message.putInt(7).put(join(attributes)).flip();
  }

  private static byte[] address(int type, String value) {
    return attribute(type, IpAddress.parse(value).toInetAddress().getAddress());
  }

  @Test
  void addressesOfBothFamilies() {
    ByteBuffer four = address(2, 24, address(1, "10.9.0.1"), address(2, "10.9.0.1"));
    assertThat(InterfaceAddress.decode(four))
        .isEqualTo(InterfaceAddress.of(7, IpPrefix.parse("10.9.0.1/24")))
        .hasToString("10.9.0.1/24");
    ByteBuffer six = address(10, 64, address(1, "fd09::1"));
    assertThat(InterfaceAddress.decode(six))
        .isEqualTo(InterfaceAddress.of(7, IpPrefix.parse("fd09::1/64")));
    ByteBuffer peer = address(10, 64, address(2, "fd09::1"), address(1, "fd09::2"));
    assertThat(InterfaceAddress.decode(peer)).hasToString("fd09::1 peer fd09::2/64");
    assertThat(InterfaceAddress.decode(address(2, 0, address(2, "10.9.0.1"))).local())
        .isEqualTo(IpAddress.parse("10.9.0.1"));
  }

  @ParameterizedTest
  @CsvSource({
    "10.9.0.1, 10.9.0.1, 24, true",
    "10.9.0.1, 10.9.0.1, 16, false",
    "10.9.0.1, 10.9.0.2, 32, true",
    "10.9.0.1, 10.9.0.2, 24, true",
    "10.9.0.1, 10.9.0.3, 24, false",
    "10.9.0.3, 10.9.0.3, 24, false",
    "10.9.0.3, 10.9.0.2, 32, false"
  })
  void servesWhatIsAskedForOrOurAddressAsItsPeer(
      String local, String peer, int prefix, boolean serves) throws TunException {
    InterfaceAddress address =
        new InterfaceAddress(
            7, IpAddress.parse(local), new IpPrefix(IpAddress.parse(peer), prefix));
    assertThat(address.serves(TunAddress.parse("10.9.0.2/24"))).isEqualTo(serves);
  }

  @ParameterizedTest
  @CsvSource({"'', ip", "blue, ip -n blue", "/proc/12/ns/net, nsenter --net=/proc/12/ns/net ip"})
  void commandsReachTheNamespace(String namespace, String ip) throws TunException {
    TunOptions options = TunOptions.parse("m0:10.9.0.2/24,fd09::2/64").withMtu(9000).withQueues(2);
    IpCommands commands = new IpCommands("m0", namespace);
    assertThat(commands.recreate(options, 1000))
        .containsExactly(
            ip + " link del dev m0",
            ip + " tuntap add dev m0 mode tun multi_queue user 1000",
            ip + " addr add 10.9.0.1/24 dev m0",
            ip + " addr add fd09::1/64 dev m0 nodad",
            ip + " link set dev m0 mtu 9000 txqueuelen 4096 up");
    assertThat(commands.create(options, 0)).first().asString().doesNotContain("user");
  }
}
