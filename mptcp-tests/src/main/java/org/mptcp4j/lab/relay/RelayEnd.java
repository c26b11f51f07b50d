package org.mptcp4j.lab.relay;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.system.Shell;

/**
 * One end of the relay: a device in a network namespace, which is made when it is not there and
 * then removed at the end.
 *
 * @param namespace its name
 * @param addresses of the kernel on the device, with prefix length; none when the user sees to that
 * @param made whether the namespace is ours
 */
public record RelayEnd(String namespace, List<String> addresses, boolean made)
    implements AutoCloseable {
  private static final Pattern NOT_READ = Pattern.compile("\"tx\":\\{[^}]*\"dropped\":([0-9]+)");

  /**
   * Reads {@code NAMESPACE[:ADDRESS/PREFIX[,ADDRESS/PREFIX...]]} and makes the namespace unless it
   * is there.
   */
  public static RelayEnd open(String text) {
    int colon = text.indexOf(':');
    String namespace = colon < 0 ? text : text.substring(0, colon);
    if (!namespace.matches("[A-Za-z0-9_.-]+")) {
      throw LabException.usage("not NAMESPACE or NAMESPACE:ADDRESS/PREFIX: " + text);
    }
    List<String> addresses =
        colon < 0 ? List.of() : Arrays.asList(text.substring(colon + 1).split(",", -1));
    boolean there =
        Shell.run("ip", "netns", "list")
            .lines()
            .anyMatch(line -> line.split(" ", 2)[0].equals(namespace));
    if (!there) {
      Shell.run("ip", "netns", "add", namespace);
      Shell.run("ip", "-n", namespace, "link", "set", "lo", "up");
    }
    return new RelayEnd(namespace, addresses, !there);
  }

  /** Gives the kernel its addresses on the device. */
  void configure(String device) {
    for (String address : addresses) {
      boolean six = address.indexOf(':') >= 0;
      Shell.run(
          six
              ? List.of("ip", "-n", namespace, "addr", "replace", address, "dev", device, "nodad")
              : List.of("ip", "-n", namespace, "addr", "replace", address, "dev", device));
    }
  }

  /** Packets that the kernel dropped because the relay did not read them in time. */
  long notRead(String device) {
    String shown = Shell.run("ip", "-n", namespace, "-s", "-j", "link", "show", "dev", device);
    Matcher matcher = NOT_READ.matcher(shown.replaceAll("\\s", ""));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  @Override
  public void close() {
    if (made) {
      Shell.tryRun(List.of("ip", "netns", "del", namespace));
    }
  }

  @Override
  public String toString() {
    return namespace + (addresses.isEmpty() ? "" : " (" + String.join(", ", addresses) + ")");
  }
}
