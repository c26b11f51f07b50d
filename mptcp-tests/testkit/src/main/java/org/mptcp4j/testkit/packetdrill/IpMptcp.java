package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.Endpoint;
import org.mptcp4j.pm.EndpointChange;
import org.mptcp4j.pm.Endpoints;

/**
 * What {@code ip mptcp} does: endpoints and limits of the path manager {@code kernel}, which
 * scripts for Linux expect. The stack gets the addresses too, as {@code ip addr add} would give
 * them.
 */
final class IpMptcp {
  private static final Set<String> FLAGS =
      Set.of("signal", "subflow", "backup", "fullmesh", "laminar");

  /** Words that have a value; there is one device. */
  private static final Set<String> NAMED = Set.of("dev", "id", "port");

  /** Of the shell script that gives a server or a client so many addresses. */
  private static final String SEVERAL = "multi-ep.sh";

  private static final int SEVERAL_LIMIT = 8;

  private final RunOptions options;
  private final Endpoints endpoints = Endpoints.builder().build();
  private Optional<StackHost> host = Optional.empty();

  IpMptcp(RunOptions options) {
    this.options = options;
  }

  /** Carries out a command. */
  void run(Place place, String command) {
    List<String> words = List.of(command.split("\\s+"));
    String what = words.size() > 3 ? words.get(2) + " " + words.get(3) : command;
    List<String> rest = words.subList(Math.min(4, words.size()), words.size());
    if (words.get(0).endsWith(SEVERAL)) {
      several(place, words.subList(1, words.size()));
      return;
    }
    try {
      switch (what) {
        case "endpoint flush" -> tell(endpoints.flush());
        case "endpoint add" -> add(place, rest);
        case "endpoint delete", "endpoint del" -> {
          int id = id(place, rest);
          withoutId(rest).forEach(word -> refuse(place, "endpoint delete with " + word));
          tell(endpoints.delete(id));
        }
        case "endpoint change" -> change(place, rest);
        case "limits set" -> limits(place, rest);
        default -> throw ScriptException.refused(place, "shell command '" + command + "'");
      }
    } catch (IllegalArgumentException e) {
      throw ScriptException.malformed(place, e);
    }
  }

  /** {@code multi-ep.sh [-e COUNT] [-m signal|subflow]... [-b]}: addresses behind the local one. */
  private void several(Place place, List<String> words) {
    int count = 1;
    StringBuilder flags = new StringBuilder();
    StringBuilder backup = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "-e" -> count = number(place, behind(place, words, i++));
        case "-m" -> flags.append(' ').append(behind(place, words, i++));
        case "-b" -> backup.append(" backup");
        default -> throw ScriptException.refused(place, SEVERAL + " with " + words.get(i));
      }
    }
    String wanted = (flags.isEmpty() ? " signal" : flags.toString()) + backup;
    run(
        place,
        "ip mptcp limits set subflows " + SEVERAL_LIMIT + " add_addr_accepted " + SEVERAL_LIMIT);
    run(place, "ip mptcp endpoint flush");
    for (int i = 1; i <= count; i++) {
      run(place, "ip mptcp endpoint add " + behind(options.local(), i) + wanted);
    }
  }

  private static String behind(Place place, List<String> words, int i) {
    if (i + 1 == words.size()) {
      throw ScriptException.malformed(place, "there is nothing behind " + words.get(i));
    }
    return words.get(i + 1);
  }

  private static void refuse(Place place, String what) {
    throw ScriptException.refused(place, what);
  }

  private void tell(EndpointChange change) {
    host.ifPresent(h -> h.tellPathManagers(change));
  }

  private void limits(Place place, List<String> words) {
    int subflows = endpoints.maxSubflows();
    int accepted = endpoints.maxAddAddrAccepted();
    for (int i = 0; i < words.size(); i += 2) {
      int value = number(place, behind(place, words, i));
      switch (words.get(i)) {
        case "subflow", "subflows" -> subflows = value;
        case "add_addr_accepted" -> accepted = value;
        default -> throw ScriptException.refused(place, "limit " + words.get(i));
      }
    }
    endpoints.setLimits(subflows, accepted);
  }

  private static int id(Place place, List<String> words) {
    int at = words.indexOf("id");
    if (at < 0 || at + 1 >= words.size()) {
      throw ScriptException.malformed(place, "there is no id");
    }
    return number(place, words.get(at + 1));
  }

  /** The other words of a command that names an endpoint by its id. */
  private static List<String> withoutId(List<String> words) {
    List<String> others = new ArrayList<>(words);
    int at = others.indexOf("id");
    others.subList(at, at + 2).clear();
    return others;
  }

  private static int number(Place place, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw ScriptException.malformed(place, "'" + text + "' is no number");
    }
  }

  /** {@code ADDRESS [dev NAME] [id N] [port N] FLAG...}. */
  private void add(Place place, List<String> words) {
    if (words.isEmpty()) {
      throw ScriptException.malformed(place, "there is no address");
    }
    EnumSet<Endpoint.Flag> flags = EnumSet.noneOf(Endpoint.Flag.class);
    int id = Endpoint.ANY_ID;
    int port = 0;
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (FLAGS.contains(word)) {
        flags.add(Endpoint.Flag.valueOf(word.toUpperCase(Locale.ROOT)));
        continue;
      }
      if (!NAMED.contains(word) || ++i == words.size()) {
        throw ScriptException.refused(place, "endpoint with " + word);
      }
      String value = words.get(i);
      id = word.equals("id") ? number(place, value) : id;
      port = word.equals("port") ? number(place, value) : port;
    }
    IpAddress address = IpAddress.parse(words.get(0));
    Endpoint added = new Endpoint(id, address, port, Endpoint.ANY_LINK, flags);
    EndpointChange change = endpoints.add(added);
    host.ifPresent(h -> h.addAddress(address));
    tell(change);
  }

  private void change(Place place, List<String> words) {
    int id = id(place, words);
    EnumSet<Endpoint.Flag> flags = EnumSet.noneOf(Endpoint.Flag.class);
    endpoints.byId(id).ifPresent(e -> flags.addAll(e.flags()));
    for (String word : withoutId(words)) {
      switch (word) {
        case "backup" -> flags.add(Endpoint.Flag.BACKUP);
        case "nobackup" -> flags.remove(Endpoint.Flag.BACKUP);
        case "fullmesh" -> flags.add(Endpoint.Flag.FULLMESH);
        case "nofullmesh" -> flags.remove(Endpoint.Flag.FULLMESH);
        default -> refuse(place, "endpoint change with " + word);
      }
    }
    tell(endpoints.change(id, flags.toArray(Endpoint.Flag[]::new)));
  }

  /** The path manager of every connection. */
  Endpoints endpoints() {
    return endpoints;
  }

  /** The stack runs: it gets the addresses, now and later. */
  void start(StackHost stack) {
    host = Optional.of(stack);
    endpoints.list().stream().map(Endpoint::address).distinct().forEach(stack::addAddress);
  }

  private static IpAddress behind(IpAddress first, int count) {
    return first.isV4()
        ? IpAddress.ofV4(first.v4Bits() + count)
        : IpAddress.of(first.hi(), first.lo() + count);
  }
}
