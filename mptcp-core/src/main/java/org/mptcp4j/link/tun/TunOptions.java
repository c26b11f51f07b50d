package org.mptcp4j.link.tun;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How to open a TUN device. Immutable; start from {@link #named} and refine.
 *
 * @param name the interface name, at most 15 bytes; with {@code %d} the kernel picks the number
 * @param addresses our addresses; for each the kernel's side gets {@link TunAddress#kernelSide()}
 * @param mtu the MTU in bytes
 * @param namespace the network namespace to create the device in, a name below {@code /run/netns}
 *     or a path; empty for the caller's own
 * @param offloads what the kernel may leave undone in packets for us; what it refuses is dropped
 *     from the set, see {@link TunDevice#offloads()}
 * @param headers whether packets carry a virtio-net header; without it there are no offloads in
 *     either direction
 * @param queues how many queues the device has, 1 to 256: one for each thread that reads and writes
 *     it. The kernel reads a flow's packets from the queue that our last packet of the flow was
 *     written to
 */
public record TunOptions(
    String name,
    List<TunAddress> addresses,
    int mtu,
    String namespace,
    Set<TunOffload> offloads,
    VnetHeaders headers,
    int queues) {
  private static final int MAX_QUEUES = 256;

  /** Whether packets carry a virtio-net header. */
  public enum VnetHeaders {
    /** As the kernel is able to, the normal case. */
    WHEN_SUPPORTED,
    /** Never: plain packets of at most the MTU, checksums complete. */
    NEVER
  }

  /** Copies the collections and checks the values. */
  public TunOptions {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(headers, "headers");
    addresses = List.copyOf(addresses);
    offloads = Set.copyOf(offloads);
    if (queues < 1 || queues > MAX_QUEUES) {
      throw new IllegalArgumentException(
          "a TUN device has 1 to " + MAX_QUEUES + " queues, not " + queues);
    }
  }

  /**
   * A device of one queue and MTU 1500 in the caller's namespace with every offload and no address.
   */
  public static TunOptions named(String name) {
    return new TunOptions(
        name, List.of(), 1500, "", Set.of(TunOffload.values()), VnetHeaders.WHEN_SUPPORTED, 1);
  }

  /**
   * Reads {@code NAME:ADDRESS/PREFIX[,ADDRESS/PREFIX...]}.
   *
   * @throws TunException when it does not parse, with the reason
   */
  public static TunOptions parse(String text) throws TunException {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      throw new TunException(
          TunException.Reason.BAD_ADDRESS,
          "not NAME:ADDRESS/PREFIX, such as tun0:10.1.0.2/24: \"" + text + "\"");
    }
    TunOptions options = named(text.substring(0, colon));
    TunDevice.checkName(options.name());
    for (String part : text.substring(colon + 1).split(",", -1)) {
      options = options.withAddress(TunAddress.parse(part.trim()));
    }
    return options;
  }

  /** These options with one more address of ours. */
  public TunOptions withAddress(TunAddress address) {
    List<TunAddress> more = new java.util.ArrayList<>(addresses);
    more.add(address);
    return new TunOptions(name, more, mtu, namespace, offloads, headers, queues);
  }

  /** These options with another MTU. */
  public TunOptions withMtu(int bytes) {
    return new TunOptions(name, addresses, bytes, namespace, offloads, headers, queues);
  }

  /** These options inside a network namespace. */
  public TunOptions withNamespace(String other) {
    return new TunOptions(name, addresses, mtu, other, offloads, headers, queues);
  }

  /** These options with other offloads asked for. */
  public TunOptions withOffloads(Set<TunOffload> others) {
    return new TunOptions(name, addresses, mtu, namespace, others, headers, queues);
  }

  /** These options with or without virtio-net headers. */
  public TunOptions withHeaders(VnetHeaders other) {
    return new TunOptions(name, addresses, mtu, namespace, offloads, other, queues);
  }

  /** These options with another number of queues. */
  public TunOptions withQueues(int count) {
    return new TunOptions(name, addresses, mtu, namespace, offloads, headers, count);
  }
}
