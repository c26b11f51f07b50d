package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Devices that an administrator makes, used by a process that may change nothing. */
@Interop(programs = {"setpriv", "mount", "mknod"})
class PreparedDeviceTest {
  private Netns kernel;

  @BeforeEach
  void createNamespace() {
    kernel = Netns.create();
  }

  @AfterEach
  void deleteNamespace() {
    kernel.close();
  }

  private void administrator(String script) {
    kernel.run("sh", "-ec", script);
  }

  /** Makes a device for the user, with flags such as {@code multi_queue}, but nothing else. */
  private void device(String name, String flags, String... more) {
    administrator("ip tuntap add dev " + name + " mode tun " + flags);
    for (String words : more) {
      administrator("ip " + words.replace("@", "dev " + name));
    }
  }

  /** The settings of all interfaces, without what Linux does by itself when there is a carrier. */
  private List<String> settings() {
    String lines = kernel.run("ip", "-o", "link") + kernel.run("ip", "-o", "addr");
    return lines
        .replaceAll("NO-CARRIER,|,LOWER_UP| tentative|state \\w+ |qdisc \\w+ ", "")
        .lines()
        .filter(line -> !line.contains("inet6 fe80:"))
        .toList();
  }

  /** Runs {@link OpenDevices} as a user without privileges; the line of each device. */
  private Map<String, String> open(String... devices) {
    List<String> command = new ArrayList<>(Unprivileged.prefix());
    command.addAll(Program.javaCommand("org.mptcp4j.interop.OpenDevices", devices));
    Map<String, String> lines = new TreeMap<>();
    try (Program program = Program.start(kernel, command.toArray(String[]::new))) {
      program.result(30);
      for (String line : program.output()) {
        int blank = line.indexOf(' ');
        lines.put(line.substring(0, blank), line.substring(blank + 1));
      }
    }
    assertThat(lines).hasSize(devices.length);
    return lines;
  }

  /** Does what the message tells the administrator to do: what it says between quotes. */
  private void obey(String message) {
    int from = message.indexOf("\"ip ") + 1;
    assertThat(from).as(message).isPositive();
    administrator(message.substring(from, message.indexOf('"', from)));
  }

  @Test
  void whatIsAsWantedIsUsedAsItIs() {
    device("plain0", "user nobody", "addr add 10.1.0.1/24 @", "link set @ up");
    device("vnet0", "user nobody vnet_hdr", "addr add 10.2.0.1/24 @", "link set @ up");
    device("both0", "user nobody", "addr add 10.3.0.1/24 @", "addr add fd03::1/64 @");
    administrator("ip link set both0 up txqueuelen 100");
    device("multi0", "user nobody multi_queue", "addr add 10.4.0.1/24 @", "link set @ up");
    device("multi1", "user nobody multi_queue vnet_hdr pi", "addr add fd05::1/64 @");
    administrator("ip link set multi1 up");
    device("large0", "user nobody", "addr add 10.6.0.1/24 @", "link set @ mtu 9000 up");
    device("group0", "group nogroup", "addr add 10.7.0.1/24 @", "link set @ up");
    device("anyone0", "", "addr add 10.8.0.1/24 @", "link set @ up");
    device("peer0", "user nobody", "addr add 10.9.0.1 peer 10.9.0.2 @", "link set @ up");
    device("peer1", "user nobody", "addr add fd0a::1 peer fd0a::2/64 @", "link set @ up");
    device("more0", "user nobody", "addr add 10.11.0.1/24 @", "addr add 10.99.0.1/16 @");
    administrator("ip addr add 10.11.0.7/24 dev more0 && ip link set more0 txqueuelen 9000 up");
    List<String> before = settings();

    Map<String, String> opened =
        open(
            "plain0:10.1.0.2/24",
            "vnet0:10.2.0.2/24 plain",
            "both0:10.3.0.2/24,fd03::2/64",
            "multi0:10.4.0.2/24",
            "multi1:fd05::2/64 queues=3",
            "large0:10.6.0.2/24 mtu=9000",
            "group0:10.7.0.2/24",
            "anyone0:10.8.0.2/24",
            "peer0:10.9.0.2/24",
            "peer1:fd0a::2/64",
            "more0:10.11.0.2/24");

    assertThat(opened).allSatisfy((name, line) -> assertThat(line).startsWith("open"));
    assertThat(opened).containsEntry("multi1", "open, queues 3, mtu 1500");
    assertThat(settings()).isEqualTo(before);
  }

  @Test
  void whatHasToBeChangedIsForTheAdministrator() {
    String ready = "link set @ up";
    device("mtu0", "user nobody", "addr add 10.1.0.1/24 @", ready);
    device("down0", "user nobody", "addr add 10.2.0.1/24 @", "addr add fd02::1/64 @");
    device("four0", "user nobody", "addr add fd03::1/64 @", ready);
    device("six0", "user nobody", "addr add 10.4.0.1/24 @", ready);
    device("wide0", "user nobody", "addr add 10.5.0.1/16 @", ready);
    device("wide1", "user nobody", "addr add fd06::1/48 @", "addr add fd06::7/64 @", ready);
    device("other0", "user nobody", "addr add 10.7.0.254/24 @", ready);
    device("peer0", "user nobody", "addr add 10.8.0.1 peer 10.8.0.9 @", ready);
    device("none0", "user nobody");
    String[] devices = {
      "mtu0:10.1.0.2/24 mtu=1400",
      "down0:10.2.0.2/24,fd02::2/64",
      "four0:10.3.0.2/24,fd03::2/64",
      "six0:10.4.0.2/24,fd04::2/64",
      "wide0:10.5.0.2/24",
      "wide1:fd06::2/64",
      "other0:10.7.0.2/24",
      "peer0:10.8.0.2/24",
      "none0:10.9.0.2/24,fd09::2/64 mtu=9000"
    };
    List<String> before = settings();

    Map<String, String> refused = open(devices);

    assertThat(settings()).isEqualTo(before);
    assertThat(refused)
        .allSatisfy((name, line) -> assertThat(line).startsWith("NO_PERMISSION TUN device " + name))
        .hasEntrySatisfying("mtu0", line -> found(line, "has MTU 1500 instead of 1400"))
        .hasEntrySatisfying("down0", line -> found(line, "down0 is down, and"))
        .hasEntrySatisfying("four0", line -> found(line, "four0 lacks address 10.3.0.1/24, and"))
        .hasEntrySatisfying("six0", line -> found(line, "six0 lacks address fd04::1/64, and"))
        .hasEntrySatisfying("wide1", line -> found(line, "has address fd06::1/48, lacks"))
        .hasEntrySatisfying(
            "none0",
            line ->
                found(
                    line,
                    "has MTU 1500 instead of 9000, lacks address 10.9.0.1/24, lacks address"
                        + " fd09::1/64, is down, and"));
    refused.values().forEach(this::obey);
    assertThat(open(devices)).allSatisfy((name, line) -> assertThat(line).startsWith("open"));
    assertThat(String.join(" ", settings())).contains("fd06::7/64");
  }

  private static void found(String line, String words) {
    assertThat(line).contains(words, "CAP_NET_ADMIN");
  }

  @Test
  void aDeviceThatCannotBeAttachedToIsMadeAnew() {
    device("root0", "user root", "addr add 10.1.0.1/24 @", "link set @ up");
    device("group0", "group root user nobody", "addr add 10.2.0.1/24 @", "link set @ up");
    device("one0", "user nobody", "addr add 10.3.0.1/24 @", "link set @ up");
    administrator("ip tuntap add dev tap0 mode tap user nobody && ip link set tap0 up");
    String[] devices = {
      "root0:10.1.0.2/24",
      "group0:10.2.0.2/24",
      "one0:10.3.0.2/24 queues=2",
      "tap0:10.4.0.2/24",
      "new0:10.5.0.2/24,fd05::2/64 mtu=9000 queues=2"
    };

    Map<String, String> refused = open(devices);

    assertThat(refused)
        .hasEntrySatisfying("root0", line -> says(line, "NO_PERMISSION", "user 0,", "user 65534"))
        .hasEntrySatisfying("group0", line -> says(line, "NO_PERMISSION", "and group 0,"))
        .hasEntrySatisfying("one0", line -> says(line, "ONE_QUEUE", "mode tun multi_queue"))
        .hasEntrySatisfying("tap0", line -> says(line, "IN_USE", "is a TAP device"))
        .hasEntrySatisfying("new0", line -> says(line, "NO_PERMISSION", "create new0"));
    refused.values().forEach(this::obey);
    assertThat(open(devices))
        .allSatisfy((name, line) -> assertThat(line).startsWith("open"))
        .containsEntry("new0", "open, queues 2, mtu 9000");
  }

  @Test
  void aServiceOnSeveralLoopsIsStartedAgain() {
    device("multi0", "user nobody multi_queue", "addr add 10.1.0.1/24 @", "link set @ up");
    List<String> command = new ArrayList<>(Unprivileged.prefix());
    String tun = "multi0:10.1.0.2/24";
    command.addAll(Program.labCommand("serve", "--port", "5001", "--queues", "2", "--tun", tun));
    for (int start = 0; start < 2; start++) {
      try (Program service = Program.start(kernel, command.toArray(String[]::new))) {
        service.await("listening on 10.1.0.2 port 5001");
        assertThat(kernel.run("ip", "-d", "link", "show", "multi0")).contains("numqueues 2");
        try (KernelPeer peer = KernelPeer.client(kernel, "ping", "10.1.0.2", "5", "56")) {
          assertThat(peer.result(10)).contains("\"received\": 5");
        }
        service.terminate();
        assertThat(service.exitCode(15)).as("%s", service).isZero();
      }
    }
  }

  private static void says(String line, String reason, String... words) {
    assertThat(line).startsWith(reason).contains(words);
  }
}
