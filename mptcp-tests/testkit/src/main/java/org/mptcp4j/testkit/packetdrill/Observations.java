package org.mptcp4j.testkit.packetdrill;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mptcp4j.api.ConnectionInfo;

/**
 * What scripts ask of the machine by shell commands: {@code nstat} for counters, {@code ss} for
 * connections. Such a command fails where the shell's would.
 */
final class Observations {
  /** Asks for a listener whatever its port is. */
  static final int ANY_PORT = 0;

  private static final Pattern COUNTER =
      Pattern.compile(
          "test \\$\\(nstat -(\\w+) *\\| *jq '\\.kernel\\.(\\w+)'\\) -(eq|ne|gt|ge|lt|le) (\\d+)");

  private static final Pattern NOTHING_LEFT =
      Pattern.compile("! ss -[A-Za-z]+ *\\| *grep (-q )?tcp");
  private static final Pattern SUBFLOWS =
      Pattern.compile("\\S*check_mptcp_info.sh (subflows|subflows_total) (\\d+)");

  /** The lines of a counter that has grown, which nstat shows with blanks around the number. */
  private static final Pattern GROWN =
      Pattern.compile(
          "nstat(?: -(\\w+))? *\\| *grep (?:-q )?\"?(\\w+)\"? *\\| *grep -q \" (\\d+) \"");

  /** Sockets in the state LISTEN, of any port or of one. */
  private static final Pattern LISTENER =
      Pattern.compile(
          "(! )?grep (?:-q )?\" 0A \" /proc/net/tcp(?: /proc/net/tcp6)?"
              + "(?: *\\| *grep (?:-q )?\"?:([0-9A-Fa-f]{4})\"?)?");

  private Optional<StackHost> host = Optional.empty();
  private IntPredicate listens = port -> false;
  private Map<String, Long> since = Map.of();

  /**
   * The stack runs.
   *
   * @param listensOn whether the application listens on a port, on any for {@link #ANY_PORT}
   */
  void start(StackHost stack, IntPredicate listensOn) {
    host = Optional.of(stack);
    listens = listensOn;
  }

  /** Carries out a command. */
  void run(Place place, String command) {
    if (command.startsWith("nstat -n")) {
      since = host.map(h -> h.stack().counters()).orElse(Map.of());
      return;
    }
    StackHost stack =
        host.orElseThrow(
            () -> ScriptException.malformed(place, "'" + command + "' before the beginning"));
    Matcher counter = COUNTER.matcher(command);
    Matcher subflows = SUBFLOWS.matcher(command);
    Matcher grown = GROWN.matcher(command);
    Matcher listener = LISTENER.matcher(command);
    if (counter.matches()) {
      counter(place, stack, counter);
    } else if (subflows.matches()) {
      subflows(place, stack, subflows);
    } else if (grown.matches()) {
      grown(place, stack, grown);
    } else if (listener.matches()) {
      listener(place, listener);
    } else if (NOTHING_LEFT.matcher(command).matches()) {
      if (!stack.stack().connections().isEmpty()) {
        throw ScriptException.failed(place, "there is still " + stack.stack().connections().get(0));
      }
    } else {
      throw ScriptException.refused(place, "shell command '" + command + "'");
    }
  }

  /** What nstat says of a counter when it is called with these letters. */
  private long count(Place place, StackHost stack, String letters, String name) {
    Long all = stack.stack().allCounters().get(name);
    if (all == null) {
      throw ScriptException.refused(place, "counter " + name);
    }
    return letters.contains("a") ? all : all - since.getOrDefault(name, 0L);
  }

  /** Without -z nothing is said of 0, and without -s it counts from there on. */
  private void grown(Place place, StackHost stack, Matcher asked) {
    String letters = asked.group(1) == null ? "" : asked.group(1);
    String name = asked.group(2);
    long actual = count(place, stack, letters, name);
    boolean shown = actual != 0 || letters.contains("z");
    if (!letters.contains("s")) {
      since = stack.stack().counters();
    }
    if (!shown || actual != Long.parseLong(asked.group(3))) {
      throw ScriptException.failed(place, name + " is " + actual + ", expected " + asked.group(3));
    }
  }

  private void listener(Place place, Matcher asked) {
    int port = asked.group(2) == null ? ANY_PORT : Integer.parseInt(asked.group(2), 16);
    boolean wanted = asked.group(1) == null;
    if (listens.test(port) != wanted) {
      String where = port == ANY_PORT ? "" : " on port " + port;
      throw ScriptException.failed(
          place, "there is " + (wanted ? "no" : "a") + " listening socket" + where);
    }
  }

  private void counter(Place place, StackHost stack, Matcher asked) {
    String name = asked.group(2);
    long actual = count(place, stack, asked.group(1), name);
    long wanted = Long.parseLong(asked.group(4));
    boolean right =
        switch (asked.group(3)) {
          case "eq" -> actual == wanted;
          case "ne" -> actual != wanted;
          case "gt" -> actual > wanted;
          case "ge" -> actual >= wanted;
          case "lt" -> actual < wanted;
          default -> actual <= wanted;
        };
    if (!right) {
      throw ScriptException.failed(
          place, name + " is " + actual + ", expected -" + asked.group(3) + " " + wanted);
    }
  }

  /** Linux's {@code subflows} leaves out the first one, {@code subflows_total} does not. */
  private static void subflows(Place place, StackHost stack, Matcher asked) {
    int live =
        stack.stack().connections().stream()
            .findFirst()
            .map(ConnectionInfo::subflows)
            .map(List::size)
            .orElse(0);
    int actual = asked.group(1).equals("subflows") ? Math.max(0, live - 1) : live;
    if (actual != Integer.parseInt(asked.group(2))) {
      throw ScriptException.failed(
          place, asked.group(1) + " is " + actual + ", expected " + asked.group(2));
    }
  }
}
