package org.mptcp4j.testkit.packetdrill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Understands the shell lines that scripts have: those that set sysctls. No shell runs. What has
 * nothing to do with the stack is on a list and passed over; everything else is refused by name.
 */
final class ShellCommands {
  /** Commands about the machine that packetdrill runs on: devices, queues, caches. */
  private static final List<String> WITHOUT_MEANING =
      List.of("ip tcp_metrics flush", "set -e", "true", "/tmp/sysctl_restore_");

  private static final Pattern ARITHMETIC = Pattern.compile("\\$\\(\\(([0-9* +()]+)\\)\\)");
  private static final Pattern REDIRECTION = Pattern.compile("\\s*[0-9&]?>\\s*(/dev/null|&[0-9])");
  private static final Pattern SETTING = Pattern.compile("([A-Za-z0-9_./-]+)=(\"[^\"]*\"|\\S+)");
  private static final Pattern QUEUE =
      Pattern.compile(
          "^tc qdisc (?:add|replace|change) dev \\S+ root (?:handle \\S+ )?(\\S+)(.*)$");

  private static final Pattern OFFLOADS =
      Pattern.compile("^(ethtool -K \\S+ |ip link set (dev )?\\S+ gso_max_segs )");

  private static final Pattern MULTIPATH = Pattern.compile("^ip (?:-[46] )?mptcp ");
  private static final Pattern OBSERVATION =
      Pattern.compile(
          "^(nstat |test \\$\\(nstat |(! )?ss -|(! )?grep .*/proc/net/tcp|\\S*check_mptcp_info.sh )");

  /** Scripts that test beds call and that say nothing a stack could be told as they stand. */
  private static final Map<String, String> KNOWN =
      Map.of(
          "defaults.sh", Sysctls.DEFAULTS,
          "client.sh", "multi-ep.sh -e 0",
          "server.sh", "multi-ep.sh -e 1 -m signal");

  private static final Pattern ECHO =
      Pattern.compile("echo\\s+(?:-n\\s+)?(.+?)\\s*>\\s*/proc/sys/(\\S+)");

  /** A shell script may call another; more depth than this is a circle. */
  private static final int MOST_DEPTH = 4;

  private final Path directory;
  private final Effects effects;

  /**
   * One sysctl.
   *
   * @param name with dots, as {@code net.ipv4.tcp_rmem}
   * @param value without quotes
   */
  record Setting(String name, String value) {}

  /** What commands do. */
  interface Effects {
    /** Sets a sysctl. */
    void set(Place place, Setting setting);

    /** Puts a queue of that kind before the device. */
    void queue(Place place, String kind);

    /** Changes addresses and limits of MPTCP: {@code ip mptcp ...} or {@code multi-ep.sh ...}. */
    void endpoints(Place place, String command);

    /** Looks at counters or connections. */
    void observe(Place place, String command);
  }

  /**
   * Makes one.
   *
   * @param directory where shell scripts that are called by a relative name are
   * @param effects told of what the commands do
   */
  ShellCommands(Path directory, Effects effects) {
    this.directory = directory;
    this.effects = effects;
  }

  /** Carries out the lines of a command. */
  void run(Place place, String lines) {
    run(place, lines, 0);
  }

  /** Those of a shell script have the place of who calls it. */
  private void run(Place place, String lines, int depth) {
    int number = 0;
    for (String line : lines.split("(?<!\\\\)\n")) {
      Place at = depth == 0 && number > 0 ? below(place, number, line) : place;
      for (String piece : line.replace("\\\n", " ").split(";|&&")) {
        String command = piece.replaceFirst("(^|\\s)#.*$", "").strip();
        if (!command.isEmpty()) {
          command(at, command, depth);
        }
      }
      number += 1 + (int) line.chars().filter(c -> c == '\n').count();
    }
  }

  /** Where a line of a command begins that is so many lines below the first. */
  private static Place below(Place first, int lines, String line) {
    int blanks = line.length() - line.stripLeading().length();
    return new Place(first.file(), first.line() + lines, 1 + blanks);
  }

  private void command(Place place, String command, int depth) {
    if (WITHOUT_MEANING.stream().anyMatch(command::startsWith)) {
      return;
    }
    Matcher queue = QUEUE.matcher(command);
    if (queue.find()) {
      if (!REDIRECTION.matcher(queue.group(2)).replaceAll("").isBlank()) {
        throw ScriptException.refused(
            place, "queue " + queue.group(1) + " with" + queue.group(2).stripTrailing());
      }
      effects.queue(place, queue.group(1));
      return;
    }
    if (OFFLOADS.matcher(command).find()) {
      effects.set(place, new Setting(Sysctls.SUPER_SEGMENT_SIZE, command));
      return;
    }
    Matcher multipath = MULTIPATH.matcher(command);
    if (multipath.find()) {
      effects.endpoints(place, multipath.replaceFirst("ip mptcp "));
      return;
    }
    if (OBSERVATION.matcher(command).find()) {
      effects.observe(place, command);
      return;
    }
    Matcher echo = ECHO.matcher(command);
    String bare = REDIRECTION.matcher(command).replaceAll("").strip();
    String program = bare.split("\\s+")[0];
    if (echo.matches()) {
      set(place, echo.group(2), echo.group(1));
    } else if (program.equals("sysctl") || program.endsWith("set_sysctls.py")) {
      assignments(place, bare.substring(program.length()).replaceAll("\\s-[a-z]+\\b", " "));
    } else if (program.endsWith("multi-ep.sh")) {
      effects.endpoints(place, bare);
    } else if (program.endsWith(".sh")) {
      shellScript(place, program, depth);
    } else {
      throw ScriptException.refused(place, "shell command '" + command + "'");
    }
  }

  private void assignments(Place place, String text) {
    String computed = ARITHMETIC.matcher(text).replaceAll(m -> Arithmetic.value(m.group(1)));
    Matcher m = SETTING.matcher(computed);
    int end = 0;
    while (m.find()) {
      refuseRest(place, computed.substring(end, m.start()));
      set(place, m.group(1), m.group(2));
      end = m.end();
    }
    refuseRest(place, computed.substring(end));
  }

  private static void refuseRest(Place place, String rest) {
    if (!rest.isBlank()) {
      throw ScriptException.refused(place, "'" + rest.strip() + "' in a sysctl command");
    }
  }

  private void set(Place place, String name, String value) {
    String dotted = name.replaceFirst("^/proc/sys/", "").replace('/', '.');
    effects.set(place, new Setting(dotted, value.replaceAll("[\"']", "").strip()));
  }

  private void shellScript(Place place, String program, int depth) {
    Path file = directory.resolve(program);
    String known = KNOWN.getOrDefault(String.valueOf(file.getFileName()), "");
    if (depth == MOST_DEPTH) {
      throw ScriptException.refused(place, "shell scripts that call each other: " + program);
    }
    try {
      if (Files.isRegularFile(file)) {
        run(place, Files.readString(file), depth + 1);
      } else if (!known.isEmpty()) {
        run(place, known, depth + 1);
      } else {
        throw ScriptException.refused(place, "shell script " + program + ", which is not there");
      }
    } catch (IOException e) {
      throw ScriptException.refused(place, "shell script " + program + ": " + e);
    }
  }

  /** Sums and products of whole numbers, as in {@code $((15*1024*1024))}. */
  private static final class Arithmetic {
    private static String value(String expression) {
      long sum = 0;
      for (String term : expression.replaceAll("[() ]", "").split("\\+")) {
        long product = 1;
        List<String> factors = new ArrayList<>(List.of(term.split("\\*")));
        for (String factor : factors) {
          product *= Long.parseLong(factor);
        }
        sum += product;
      }
      return Long.toString(sum);
    }
  }
}
