package org.mptcp4j.lab.live;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.link.tun.TunAddress;
import org.mptcp4j.link.tun.TunException;
import org.mptcp4j.link.tun.TunOptions;
import org.mptcp4j.netty.MptcpHost;
import org.mptcp4j.netty.MptcpHostBuilder;
import picocli.CommandLine.Option;

/** The options of commands that run on TUN devices, and the host made of them. */
final class TunArguments {
  @Option(
      names = "--tun",
      required = true,
      paramLabel = "NAME:ADDR/PREFIX",
      description =
          "A TUN device and this host's address on it. The kernel's side gets the first other"
              + " address of the prefix. A device that is not there is created; one that was made"
              + " for this user and is as it should be needs no privileges. Repeat it for more"
              + " devices, or for an IPv6 address on the same device.")
  private List<String> tuns = new ArrayList<>();

  @Option(
      names = "--mtu",
      defaultValue = "1500",
      paramLabel = "BYTES",
      description = "MTU of the devices. Default: 1500.")
  private int mtu;

  @Option(
      names = "--no-offloads",
      description =
          "Plain devices, without virtio-net header: packets of at most the MTU, checksums complete.")
  private boolean noOffloads;

  /**
   * The devices, one for each name, in the order in which they were first named.
   *
   * @throws LabException when an option makes no sense
   */
  List<TunOptions> devices() {
    Map<String, TunOptions> byName = new LinkedHashMap<>();
    for (String text : tuns) {
      TunOptions one = parse(text);
      byName.merge(one.name(), one, TunArguments::join);
    }
    boolean v6 =
        byName.values().stream()
            .flatMap(device -> device.addresses().stream())
            .anyMatch(address -> !address.local().isV4());
    // RFC 8200 section 5: IPv6 needs 1280. RFC 1122 section 3.3.3: IPv4 gets by with 576.
    int least = v6 ? 1280 : 576;
    if (mtu < least || mtu > 65_535) {
      throw LabException.usage(
          "--mtu must be " + least + " to 65535" + (v6 ? " with IPv6" : "") + ", not " + mtu);
    }
    return byName.values().stream().map(this::refine).toList();
  }

  private TunOptions refine(TunOptions device) {
    TunOptions refined = device.withMtu(mtu);
    return noOffloads ? refined.withHeaders(TunOptions.VnetHeaders.NEVER) : refined;
  }

  private static TunOptions parse(String text) {
    try {
      return TunOptions.parse(text);
    } catch (TunException e) {
      throw LabException.usage("--tun " + text + ": " + e.getMessage());
    }
  }

  private static TunOptions join(TunOptions device, TunOptions more) {
    TunOptions joined = device;
    for (TunAddress address : more.addresses()) {
      joined = joined.withAddress(address);
    }
    return joined;
  }

  /**
   * Opens the devices and starts the host.
   *
   * @param eventLoops each has a stack and a queue of every device
   * @throws LabException when a device cannot be had; the message says why
   */
  static MptcpHost start(
      List<TunOptions> devices, StackConfig config, int eventLoops, Duration spin) {
    MptcpHostBuilder builder = MptcpHost.builder().config(config).eventLoops(eventLoops).spin(spin);
    devices.forEach(builder::tun);
    try {
      return builder.build();
    } catch (IOException e) {
      throw LabException.failed(e.getMessage(), e);
    }
  }
}
