package org.mptcp4j.lab.bench;

import org.mptcp4j.lab.system.Namespaces;
import org.mptcp4j.lab.system.Shell;

/** Kernel to kernel: two namespaces, two veth pairs between them. */
final class KernelSide extends Side {
  private final Server server;

  KernelSide(Namespaces namespaces, Programs programs, BenchMode mode) {
    super(namespaces, programs, mode, "a-client");
    String other = addNamespace("a-server");
    for (int i = 0; i < 2; i++) {
      String device = "veth" + i;
      Shell.run(
          "ip",
          "link",
          "add",
          device,
          "netns",
          clientNamespace(),
          "type",
          "veth",
          "peer",
          "name",
          device,
          "netns",
          other);
      namespaces.ip(clientNamespace(), "address", "add", "10.81." + i + ".1/24", "dev", device);
      namespaces.ip(other, "address", "add", "10.81." + i + ".2/24", "dev", device);
      namespaces.ip(clientNamespace(), "link", "set", device, "up");
      namespaces.ip(other, "link", "set", device, "up");
    }
    namespaces.ip(other, "mptcp", "endpoint", "add", "10.81.1.2", "dev", "veth1", "signal");
    server = startKernelServer(other);
  }

  @Override
  Server server() {
    return server;
  }

  @Override
  String address() {
    return "10.81.0.2";
  }
}
