package org.mptcp4j.interop;

import java.util.List;

/** Runs programs as a user that may use TUN devices made for it, but make or change none. */
final class Unprivileged {
  /** As distributions leave the driver: open to everybody; the device decides. */
  private static final String DRIVER =
      "mount -t tmpfs none /dev/net && mknod -m 666 /dev/net/tun c 10 200 && exec \"$@\"";

  private Unprivileged() {}

  /** What stands before the command line, inside {@code ip netns exec}, which hides the mount. */
  static List<String> prefix() {
    String read = "+dac_read_search"; // the class path may lie where only root looks
    return List.of(
        "sh",
        "-c",
        DRIVER,
        "sh",
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "--bounding-set=-net_admin",
        "--inh-caps=" + read,
        "--ambient-caps=" + read);
  }
}
