package org.mptcp4j.link.tun;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What {@link TunOptions} is made of. */
record TunOptionValues(
    String name,
    List<TunAddress> addresses,
    int mtu,
    String namespace,
    Set<TunOffload> offloads,
    VnetHeaders headers,
    int queues)
    implements TunOptions {
  static final int MAX_QUEUES = 256;

  /** Copies the collections and checks the values. */
  TunOptionValues {
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
}
