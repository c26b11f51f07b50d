package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.mptcp4j.api.SocketError;

/**
 * A connection that one end aborts, between this stack and the kernel: both applications hear.
 *
 * @param ours a host of this stack
 * @param ourAddress one of its addresses
 * @param kernel the kernel's side
 * @param kernelAddress one of its addresses
 */
record Aborts(StackHost ours, String ourAddress, Netns kernel, String kernelAddress) {
  void byOurClient() throws IOException {
    try (KernelPeer peer = KernelPeer.serveFor(kernel, kernelAddress, "80")) {
      Transfer transfer = ours.connect(kernelAddress, 80, s -> Transfer.mode(s, 'I'));
      ours.call(() -> transfer.at(1, () -> transfer.socket().abort()));
      assertThat(ours.result(transfer, 5).error()).isEqualTo(SocketError.ECONNABORTED);
      assertThat(peer.line(5)).contains("ECONNRESET");
    }
  }

  void byOurServer() throws IOException {
    ours.listen(80);
    try (KernelPeer peer = KernelPeer.client(kernel, "wait", ourAddress, "80")) {
      Transfer transfer = ours.accepted();
      assertThat(peer.line(5)).isEqualTo("waiting");
      ours.call(
          () -> {
            transfer.socket().abort();
            return null;
          });
      assertThat(peer.result(5)).contains("ECONNRESET");
      assertThat(ours.result(transfer, 5).error()).isEqualTo(SocketError.ECONNABORTED);
    }
  }

  void byTheKernelsClient() throws IOException {
    ours.listen(80);
    try (KernelPeer peer = KernelPeer.client(kernel, "abort", ourAddress, "80")) {
      assertThat(ours.result(ours.accepted(), 10).error()).isEqualTo(SocketError.ECONNRESET);
      peer.result(5);
    }
  }

  void byTheKernelsServer() throws IOException {
    try (KernelPeer peer = KernelPeer.serveFor(kernel, kernelAddress, "80")) {
      Transfer transfer = ours.connect(kernelAddress, 80, s -> Transfer.mode(s, 'A'));
      assertThat(ours.result(transfer, 10).error()).isEqualTo(SocketError.ECONNRESET);
      assertThat(peer.line(5)).contains("\"A\"");
    }
  }
}
