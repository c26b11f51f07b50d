package org.mptcp4j.interop;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.Priority;

/**
 * Path management by the application, one connection at a time: ours by the verbs of its socket,
 * the kernel's by its own test program for that, {@code pm_nl_ctl}. Announces an address ({@code
 * ann ADDRESS ID}), removes one ({@code rem ID}), opens and closes a subflow of a local address
 * ({@code csf ADDRESS ID}, {@code dsf ADDRESS}).
 */
final class JoinByHand {
  private final StackHost host;
  private final Netns kernel;
  private final MptcpSocket socket;
  private final Map<String, String> announced = new HashMap<>();

  /**
   * Makes one.
   *
   * @param socket our end of the connection
   */
  JoinByHand(StackHost host, Netns kernel, MptcpSocket socket) {
    this.host = host;
    this.kernel = kernel;
    this.socket = socket;
  }

  /** At our end. */
  void ours(List<String> words) {
    String what = words.get(1);
    host.call(
        () -> {
          switch (words.get(0)) {
            case "ann" -> {
              announced.put(words.get(2), what);
              socket.announceAddress(new InetSocketAddress(what, 0));
            }
            case "rem" ->
                socket.withdrawAddress(
                    what.equals("0")
                        ? IpAddress.of(socket.localAddress().getAddress())
                        : IpAddress.parse(announced.get(what)));
            case "csf" ->
                socket.openSubflow(
                    System.nanoTime(),
                    new InetSocketAddress(what, 0),
                    socket.remoteAddress(),
                    Priority.NORMAL);
            default -> {
              for (SubflowInfo s : socket.subflows()) {
                if (s.local().getAddress().getHostAddress().equals(what)) {
                  socket.closeSubflow(s.id());
                }
              }
            }
          }
          return null;
        });
  }

  /** At the kernel's end. */
  void theirs(List<String> words) {
    String token = Integer.toUnsignedString(host.call(() -> socket.info().remoteToken()));
    String what = words.get(1);
    List<String> command =
        new ArrayList<>(
            List.of(KernelTestProgram.pmNlCtl().orElseThrow().toString(), words.get(0)));
    switch (words.get(0)) {
      case "ann" -> command.addAll(List.of(what, "id", words.get(2)));
      case "rem" -> command.addAll(List.of("id", what));
      case "csf" -> {
        InetSocketAddress to = socket.localAddress();
        command.addAll(List.of("lip", what, "lid", words.get(2)));
        command.addAll(
            List.of("rip", to.getAddress().getHostAddress(), "rport", "" + to.getPort()));
      }
      default -> {
        SubflowInfo s =
            host.call(socket::subflows).stream()
                .filter(one -> one.remote().getAddress().getHostAddress().equals(what))
                .findFirst()
                .orElseThrow();
        command.addAll(List.of("lip", what, "lport", "" + s.remote().getPort()));
        String our = s.local().getAddress().getHostAddress();
        command.addAll(List.of("rip", our, "rport", "" + s.local().getPort()));
      }
    }
    command.addAll(List.of("token", token));
    kernel.run(command.toArray(String[]::new));
  }
}
