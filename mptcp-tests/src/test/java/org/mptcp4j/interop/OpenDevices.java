package org.mptcp4j.interop;

import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunException;
import org.mptcp4j.link.tun.TunOptions;
import org.mptcp4j.link.tun.TunOptions.VnetHeaders;

/**
 * A program that opens TUN devices, one after the other, and says what came of each: one line for
 * each argument, such as {@code m4j0:10.9.0.2/24 mtu=1400 queues=2 plain}.
 */
final class OpenDevices {
  private OpenDevices() {}

  /** One line for each argument. */
  public static void main(String[] arguments) {
    for (String text : arguments) {
      String name = text.substring(0, text.indexOf(':'));
      try (TunDevice device = TunDevice.open(options(text))) {
        System.out.println(name + " open, queues " + device.queues() + ", mtu " + device.mtu());
      } catch (TunException e) {
        System.out.println(name + " " + e.reason() + " " + e.getMessage());
      }
    }
  }

  private static TunOptions options(String text) throws TunException {
    String[] words = text.split(" ");
    TunOptions options = TunOptions.parse(words[0]);
    for (int i = 1; i < words.length; i++) {
      String value = words[i].substring(words[i].indexOf('=') + 1);
      options =
          switch (words[i].substring(0, words[i].length() - value.length())) {
            case "mtu=" -> options.withMtu(Integer.parseInt(value));
            case "queues=" -> options.withQueues(Integer.parseInt(value));
            default -> options.withHeaders(VnetHeaders.NEVER);
          };
    }
    return options;
  }
}
