package org.mptcp4j.lab.bench;

import java.util.List;
import org.mptcp4j.lab.system.Namespaces;

/**
 * A program with next to no stack to kernel, over one TUN device: one subflow, and nothing of what
 * a stack is for. It is what any program behind such a device could reach.
 */
final class BareSide extends Side {
  private static final String DEVICE = "tun0";

  private final Server server;

  BareSide(Namespaces namespaces, Programs programs, BenchMode mode) {
    super(namespaces, programs, mode, "b-client");
    server =
        Server.start(
            namespaces,
            clientNamespace(),
            place(List.of(programs.tunResponder().toString(), DEVICE)),
            "the bare responder");
    namespaces.ip(clientNamespace(), "address", "add", "10.82.0.1/24", "dev", DEVICE);
    namespaces.ip(clientNamespace(), "link", "set", DEVICE, "up");
  }

  @Override
  Server server() {
    return server;
  }

  @Override
  String address() {
    return "10.82.0.2";
  }
}
