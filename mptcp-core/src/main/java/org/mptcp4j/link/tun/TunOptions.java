package org.mptcp4j.link.tun;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** How to open a TUN device. Immutable; start from {@link #named} and refine. */
public sealed interface TunOptions permits TunOptionValues {
  /** Whether packets carry a virtio-net header. */
  enum VnetHeaders {
    /** As the kernel is able to, the normal case. */
    WHEN_SUPPORTED,
    /** Never: plain packets of at most the MTU, checksums complete. */
    NEVER
  }

  /** The interface name, at most 15 bytes; with {@code %d} the kernel picks the number. */
  String name();

  /** Our addresses; for each the kernel's side gets {@link TunAddress#kernelSide()}. */
  List<TunAddress> addresses();

  /** The MTU in bytes. */
  int mtu();

  /**
   * The network namespace to create the device in, a name below {@code /run/netns} or a path; empty
   * for the caller's own.
   */
  String namespace();

  /**
   * What the kernel may leave undone in packets for us; what it refuses is dropped from the set,
   * see {@link TunDevice#offloads()}.
   */
  Set<TunOffload> offloads();

  /**
   * Whether packets carry a virtio-net header; without it there are no offloads in either
   * direction.
   */
  VnetHeaders headers();

  /**
   * How many queues the device has, 1 to 256: one for each thread that reads and writes it. The
   * kernel reads a flow's packets from the queue that our last packet of the flow was written to.
   */
  int queues();

  /**
   * A device of one queue and MTU 1500 in the caller's namespace with every offload and no address.
   */
  static TunOptions named(String name) {
    return new TunOptionValues(
        name, List.of(), 1500, "", Set.of(TunOffload.values()), VnetHeaders.WHEN_SUPPORTED, 1);
  }

  /**
   * Reads {@code NAME:ADDRESS/PREFIX[,ADDRESS/PREFIX...]}.
   *
   * @throws TunException when it does not parse, with the reason
   */
  static TunOptions parse(String text) throws TunException {
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
  default TunOptions withAddress(TunAddress address) {
    List<TunAddress> more = new ArrayList<>(addresses());
    more.add(address);
    return new TunOptionValues(name(), more, mtu(), namespace(), offloads(), headers(), queues());
  }

  /** These options with another MTU. */
  default TunOptions withMtu(int bytes) {
    return new TunOptionValues(
        name(), addresses(), bytes, namespace(), offloads(), headers(), queues());
  }

  /** These options inside a network namespace. */
  default TunOptions withNamespace(String other) {
    return new TunOptionValues(name(), addresses(), mtu(), other, offloads(), headers(), queues());
  }

  /** These options with other offloads asked for. */
  default TunOptions withOffloads(Set<TunOffload> others) {
    return new TunOptionValues(
        name(), addresses(), mtu(), namespace(), others, headers(), queues());
  }

  /** These options with or without virtio-net headers. */
  default TunOptions withHeaders(VnetHeaders other) {
    return new TunOptionValues(
        name(), addresses(), mtu(), namespace(), offloads(), other, queues());
  }

  /** These options with another number of queues. */
  default TunOptions withQueues(int count) {
    return new TunOptionValues(
        name(), addresses(), mtu(), namespace(), offloads(), headers(), count);
  }
}
