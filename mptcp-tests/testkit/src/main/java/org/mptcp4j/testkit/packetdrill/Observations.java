package org.mptcp4j.testkit.packetdrill;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mptcp4j.api.ConnectionInfo;

/**
 * What scripts ask of the machine by shell commands: {@code nstat} for counters, {@code ss} for
 * connections. Such a command fails where the shell's would.
 */
final class Observations {
  private static final Pattern COUNTER =
      Pattern.compile(
          "test \\$\\(nstat -(\\w+) *\\| *jq '\\.kernel\\.(\\w+)'\\) -(eq|ne|gt|ge|lt|le) (\\d+)");

  private static final Pattern NOTHING_LEFT =
      Pattern.compile("! ss -[A-Za-z]+ *\\| *grep (-q )?tcp");
  private static final Pattern SUBFLOWS =
      Pattern.compile("\\S*check_mptcp_info.sh (subflows|subflows_total) (\\d+)");

  private Optional<StackHost> host = Optional.empty();
  private Map<String, Long> since = Map.of();

  /** The stack runs. */
  void start(StackHost stack) {
    host = Optional.of(stack);
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
    if (counter.matches()) {
      counter(place, stack, counter);
    } else if (subflows.matches()) {
      subflows(place, stack, subflows);
    } else if (NOTHING_LEFT.matcher(command).matches()) {
      if (!stack.stack().connections().isEmpty()) {
        throw ScriptException.failed(place, "there is still " + stack.stack().connections().get(0));
      }
    } else {
      throw ScriptException.refused(place, "shell command '" + command + "'");
    }
  }

  private void counter(Place place, StackHost stack, Matcher asked) {
    String name = asked.group(2);
    Long all = stack.stack().allCounters().get(name);
    if (all == null) {
      throw ScriptException.refused(place, "counter " + name);
    }
    long actual = asked.group(1).contains("a") ? all : all - since.getOrDefault(name, 0L);
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
