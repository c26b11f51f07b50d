package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.OffloadAdapter;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.link.tun.TunAddress;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunException;
import org.mptcp4j.link.tun.TunException.Reason;
import org.mptcp4j.link.tun.TunLink;
import org.mptcp4j.link.tun.TunLoop;
import org.mptcp4j.link.tun.TunOffload;
import org.mptcp4j.link.tun.TunOptions;
import org.mptcp4j.link.tun.TunOptions.VnetHeaders;

/** TUN devices, links and the loop without a protocol stack above. */
@Interop
class TunDeviceTest {
  private Netns kernel;

  @BeforeEach
  void createNamespace() {
    kernel = Netns.create();
  }

  @AfterEach
  void deleteNamespace() {
    kernel.close();
  }

  private TunOptions options(String text) throws TunException {
    return TunOptions.parse(text).withNamespace(kernel.name());
  }

  private static TunLoop loop(TunLink link, PacketProcessor processor) throws IOException {
    LinkDevice device = OffloadAdapter.wrap(link, PooledByteBufAllocator.DEFAULT);
    TunLoop.Port port = new TunLoop.Port(device, link.device().fd());
    TunLoop loop = new TunLoop("test", processor, List.of(port), () -> {});
    loop.start();
    return loop;
  }

  @Test
  void deviceHasItsAddressesAndGoesWithItsOwner() throws TunException {
    TunDevice device = TunDevice.open(options("m4j%d:10.9.0.2/24,fd09::2/64").withMtu(1400));

    String listing = kernel.run("ip", "addr", "show", "dev", device.name());
    assertThat(device.name()).isEqualTo("m4j0");
    assertThat(listing).contains("10.9.0.1/24", "fd09::1/64", "mtu 1400", ",UP");
    assertThat(listing).doesNotContain("tentative");
    assertThat(device.offloads()).isEqualTo(EnumSet.allOf(TunOffload.class));

    device.close();
    assertThat(kernel.run("ip", "link")).doesNotContain("m4j0");
  }

  @Test
  void ipv6AddressesComeBackWithTheLink() throws TunException {
    try (TunDevice device = TunDevice.open(options("m4j0:fd09::2/64"))) {
      device.down();
      assertThat(kernel.run("ip", "addr", "show", "dev", "m4j0")).doesNotContain("fd09::1");
      device.up();
      assertThat(kernel.run("ip", "addr", "show", "dev", "m4j0")).contains("fd09::1/64");
    }
  }

  private static void refused(Reason reason, TunOptions options, String... words) {
    assertThatExceptionOfType(TunException.class)
        .isThrownBy(() -> TunDevice.open(options).close())
        .satisfies(e -> assertThat(e).message().contains(words))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void saysWhyItCannotBeOpened() throws TunException {
    try (TunDevice device = TunDevice.open(options("m4j0:10.9.0.2/24"))) {
      refused(Reason.IN_USE, options(device.name() + ":10.8.0.2/24"), "has an owner already");
    }
    refused(Reason.IN_USE, options("lo:10.8.0.2/24"), "not a TUN device");
    refused(Reason.BAD_MTU, options("m4j1:fd00::2/64").withMtu(1000), "1280");
    refused(Reason.NO_NAMESPACE, TunOptions.named("m4j1").withNamespace("m4j-none"), "ip netns");
    kernel.sysctl("net.ipv6.conf.default.disable_ipv6", "1");
    refused(Reason.BAD_ADDRESS, options("m4j1:fd00::2/64"), "disable_ipv6");
    assertThat(kernel.run("ip", "link")).doesNotContain("m4j1");
  }

  @Test
  void aDeviceHasAsManyQueuesAsWanted() throws TunException {
    TunDevice device = TunDevice.open(options("m4j%d:10.9.0.2/24").withQueues(3));
    assertThat(device.name()).isEqualTo("m4j0");
    assertThat(device.queues()).isEqualTo(3);
    assertThat(kernel.run("ip", "-d", "link", "show", "m4j0")).contains("multi_queue numqueues 3");
    device.closeQueue(0);
    device.closeQueue(0);
    assertThat(kernel.run("ip", "-d", "link", "show", "m4j0")).contains("multi_queue numqueues 2");
    device.close();
    assertThat(kernel.run("ip", "link")).doesNotContain("m4j0");
  }

  @Test
  void queuesOfADeviceThatExists() throws TunException {
    kernel.run("ip", "tuntap", "add", "dev", "one", "mode", "tun");
    refused(Reason.ONE_QUEUE, options("one:10.8.0.2/24").withQueues(2), "mode tun multi_queue");
    kernel.run("ip", "tuntap", "add", "dev", "more", "mode", "tun", "multi_queue");
    try (TunDevice device = TunDevice.open(options("more:10.9.0.2/24").withQueues(2))) {
      assertThat(device.queues()).isEqualTo(2);
      refused(Reason.IN_USE, options("more:10.8.0.2/24").withQueues(2), "has an owner already");
      refused(Reason.IN_USE, options("more:10.8.0.2/24"), "has an owner already");
    }
    TunDevice.open(options("more:10.7.0.2/24")).close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aDeviceThatStaysIsOpenedAgain(int queues) throws TunException {
    String kind = queues > 1 ? " multi_queue" : "";
    kernel.run("sh", "-c", "ip tuntap add dev stays mode tun" + kind);
    TunOptions options = options("stays:10.9.0.2/24,fd09::2/64").withMtu(1400).withQueues(queues);
    TunDevice.open(options).close();
    kernel.run("ip", "link", "set", "stays", "txqueuelen", "9000");
    String listing = kernel.run("ip", "addr", "show", "dev", "stays");
    assertThat(listing).contains("10.9.0.1/24", "fd09::1/64", "mtu 1400", ",UP");

    try (TunDevice device = TunDevice.open(options)) {
      assertThat(device.addresses()).isEqualTo(options.addresses());
    }
    assertThat(kernel.run("ip", "addr", "show", "dev", "stays")).isEqualTo(listing);

    kernel.run("ip", "link", "set", "stays", "down");
    try (TunDevice device = TunDevice.open(options.withMtu(1500))) {
      assertThat(kernel.run("ip", "addr", "show", "dev", device.name()))
          .contains("10.9.0.1/24", "fd09::1/64", "mtu 1500", ",UP", "qlen 9000");
    }
  }

  @Test
  void anotherPrefixLength() throws TunException {
    kernel.run("ip", "tuntap", "add", "dev", "stays", "mode", "tun");
    kernel.run("ip", "addr", "add", "10.9.0.1/16", "dev", "stays");
    kernel.run("ip", "addr", "add", "fd09::1/48", "dev", "stays");
    kernel.run("ip", "addr", "add", "fd09::7/48", "dev", "stays");
    TunDevice.open(options("stays:10.9.0.2/24,fd09::2/64")).close();
    assertThat(kernel.run("ip", "addr", "show", "dev", "stays"))
        .contains("10.9.0.1/16", "10.9.0.1/24", "fd09::1/64", "fd09::7/48")
        .doesNotContain("fd09::1/48");
  }

  @Test
  void anAddressOfAnotherInterface() throws TunException {
    kernel.run("ip", "link", "add", "other", "type", "veth");
    kernel.run("ip", "addr", "add", "10.9.0.1/16", "dev", "other");
    kernel.run("ip", "addr", "add", "fd09::1/64", "dev", "other");
    kernel.run("ip", "addr", "add", "fe80::1/64", "dev", "other");
    String four = "10.9.0.1, which would be the kernel's address on m4j0, is already an address of";
    refused(
        Reason.IN_USE,
        options("m4j0:10.9.0.2/24"),
        four + " interface other",
        "\"ip -n " + kernel.name() + " addr del 10.9.0.1/16 dev other\"");
    refused(Reason.IN_USE, options("m4j0:fd09::2/64"), "fd09::1", "interface other");
    refused(Reason.IN_USE, options("m4j0:10.9.0.1/24"), "would be ours", "interface other");
    kernel.run("ip", "tuntap", "add", "dev", "m4j0", "mode", "tun");
    kernel.run("ip", "addr", "add", "10.8.0.2/24", "dev", "m4j0");
    refused(Reason.IN_USE, options("m4j0:10.8.0.2/24"), "would be ours", "interface m4j0");
    try (TunDevice device = TunDevice.open(options("m4j0:fe80::2/64"))) {
      assertThat(kernel.run("ip", "addr", "show", "dev", device.name())).contains("fe80::1/64");
    }
  }

  @Test
  void addressesComeAndGo() throws TunException {
    kernel.run("ip", "tuntap", "add", "dev", "stays", "mode", "tun");
    kernel.run("ip", "addr", "add", "10.7.0.1", "peer", "10.7.0.2", "dev", "stays");
    TunAddress peer = TunAddress.parse("10.7.0.2/24");
    TunAddress more = TunAddress.parse("fd09::2/64");
    try (TunDevice device = TunDevice.open(options("stays:10.9.0.2/24"))) {
      device.addAddress(peer);
      device.addAddress(more);
      device.addAddress(more);
      assertThat(device.addresses()).endsWith(peer, more).hasSize(3);
      String listing = kernel.run("ip", "addr", "show", "dev", "stays");
      assertThat(listing).contains("10.7.0.1 peer 10.7.0.2/32", "fd09::1/64");
      assertThat(listing).doesNotContain("10.7.0.1/24");
      device.removeAddress(peer);
      device.removeAddress(more);
      assertThat(kernel.run("ip", "addr", "show", "dev", "stays"))
          .contains("10.9.0.1/24")
          .doesNotContain("10.7.0.1", "fd09::1");
    }
  }

  @Test
  void withoutHeadersThereAreNoOffloads() throws TunException {
    TunOptions plain = options("m4j0:10.9.0.2/24").withHeaders(VnetHeaders.NEVER);
    try (TunDevice device = TunDevice.open(plain)) {
      assertThat(device.headerLength()).isZero();
      assertThat(device.offloads()).isEmpty();
    }
  }

  /** Answers ICMP echo requests of both families. */
  private static final class EchoResponder implements PacketProcessor {
    private final PacketBatch answers = new PacketBatch(64);

    @Override
    public void onPackets(long nowNs, PacketBatch in) {
      for (int i = 0; i < in.size(); i++) {
        ByteBuf buf = in.get(i).header();
        int at = buf.readerIndex();
        boolean v4 = buf.getUnsignedByte(at) >> 4 == 4;
        int request = v4 ? 8 : 128;
        if (buf.getUnsignedByte(at + (v4 ? 20 : 40)) == request && !answers.isFull()) {
          swap(buf, at + (v4 ? 12 : 8), v4 ? 4 : 16);
          answer(buf, at + (v4 ? 20 : 40), v4 ? 8 : -1);
          in.get(i).moveTo(answers.add());
        }
      }
      in.clear();
    }

    private static void swap(ByteBuf buf, int index, int length) {
      ByteBuf source = buf.copy(index, length);
      buf.setBytes(index, buf, index + length, length);
      buf.setBytes(index + length, source);
      source.release();
    }

    /** RFC 1624 update for a type that falls by 8, or rises by 1. */
    private static void answer(ByteBuf buf, int icmp, int change) {
      buf.setByte(icmp, buf.getUnsignedByte(icmp) - change);
      int sum = buf.getUnsignedShort(icmp + 2) + change * 256;
      buf.setShort(icmp + 2, sum < 0 ? sum - 1 : sum + (sum >>> 16));
    }

    @Override
    public void pollTransmit(long nowNs, PacketBatch out) {
      for (int i = 0; i < answers.size(); i++) {
        answers.get(i).moveTo(out.add());
      }
      answers.clear();
    }

    @Override
    public long nextTimeoutNs() {
      return Long.MAX_VALUE;
    }

    @Override
    public void onTimeout(long nowNs) {}
  }

  @ParameterizedTest
  @CsvSource({"10.9.0.2, 56", "10.9.0.2, 9000", "fd09::2, 56", "fd09::2, 1400"})
  void kernelPingsThroughTheLink(String address, String size) throws IOException {
    TunDevice device = TunDevice.open(options("m4j0:10.9.0.2/24,fd09::2/64").withMtu(9100));
    TunLink link = new TunLink(device, PooledByteBufAllocator.DEFAULT);
    try (TunLoop loop = loop(link, new EchoResponder());
        KernelPeer peer = KernelPeer.client(kernel, "ping", address, "20", size)) {
      assertThat(peer.result(10)).contains("\"received\": 20");
      assertThat(loop.failure()).isNull();
    }
    assertThat(link.counters().rxPackets()).isGreaterThanOrEqualTo(20);
  }

  @ParameterizedTest
  @CsvSource({
    "10.9.0.2, S, all",
    "fd09::2, S, all",
    "10.9.0.2, G, all",
    "fd09::2, G, all",
    "10.9.0.2, S, checksum",
    "fd09::2, S, none",
    "10.9.0.2, S, plain",
    "fd09::2, S, plain",
    "10.9.0.2, G, plain",
    "fd09::2, G, plain",
    "10.9.0.2, S, plain after all",
    "fd09::2, G, plain after all"
  })
  void superSegmentsPassBothWays(String address, String mode, String offloads) throws IOException {
    Set<TunOffload> wanted =
        switch (offloads) {
          case "all" -> EnumSet.allOf(TunOffload.class);
          case "checksum" -> EnumSet.of(TunOffload.CHECKSUM);
          default -> EnumSet.noneOf(TunOffload.class);
        };
    if (offloads.equals("plain after all")) {
      kernel.run("ip", "tuntap", "add", "dev", "m4j0", "mode", "tun");
      TunDevice.open(options("m4j0:10.9.0.2/24,fd09::2/64")).close();
    }
    boolean plain = offloads.startsWith("plain");
    TunOptions options =
        options("m4j0:10.9.0.2/24,fd09::2/64")
            .withOffloads(wanted)
            .withHeaders(plain ? VnetHeaders.NEVER : VnetHeaders.WHEN_SUPPORTED);
    TunLink link = new TunLink(TunDevice.open(options), PooledByteBufAllocator.DEFAULT);
    BareTcp tcp = new BareTcp(1400);
    String six = address.contains(":") ? "-6" : "--tcp";
    try (tcp;
        TunLoop loop = loop(link, tcp);
        KernelPeer peer =
            KernelPeer.start(kernel, "--tcp", six, "bulk" + mode, address, "80", "16000000")) {
      assertThat(peer.result(20)).contains("16000000");
      CompletableFuture<Void> seen = new CompletableFuture<>();
      loop.execute(() -> seen.complete(null));
      seen.join();
      assertThat(loop.failure()).isNull();
    }
    assertThat(tcp.damaged).isZero();
    if (mode.equals("S")) {
      assertThat(tcp.receivedBytes).isGreaterThanOrEqualTo(16_000_001);
      assertThat(tcp.largestReceived).isGreaterThan(10_000);
    }
    if (plain) {
      // without super-segments every wire segment crosses the device by itself
      long packets = link.counters().rxPackets() + link.counters().txPackets();
      assertThat(packets).isGreaterThan(16_000_000 / 1460);
    }
  }
}
