package org.mptcp4j.lab.bench;

import java.util.List;
import org.mptcp4j.lab.system.Namespaces;

/**
 * Kernel TCP to kernel TCP over two plain TUN devices, without virtio-net header and offloads,
 * whose packets a small program carries from one to the other. It is what a device of this kind
 * allows.
 */
final class ForwardedSide extends Side {
  private static final String DEVICE = "tun0";

  private final Server server;

  ForwardedSide(Namespaces namespaces, Programs programs, BenchMode mode) {
    super(namespaces, programs, mode, "a-client");
    String other = addNamespace("a-server");
    Server.start(
        namespaces,
        clientNamespace(),
        List.of(programs.tunForward().toString(), DEVICE, other),
        "the forwarder");
    bringUp(clientNamespace(), "10.81.0.1/24");
    bringUp(other, "10.81.0.2/24");
    server = startKernelServer(other);
  }

  private void bringUp(String namespace, String address) {
    namespaces().ip(namespace, "address", "add", address, "dev", DEVICE);
    namespaces().ip(namespace, "link", "set", DEVICE, "txqueuelen", "4096", "up");
  }

  @Override
  Server server() {
    return server;
  }

  @Override
  String address() {
    return "10.81.0.2";
  }

  @Override
  List<String> socketOptions() {
    return List.of("-c", "cubic");
  }
}
