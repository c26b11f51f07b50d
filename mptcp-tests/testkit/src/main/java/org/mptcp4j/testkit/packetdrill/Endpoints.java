package org.mptcp4j.testkit.packetdrill;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.packet.IpAddress;

/**
 * The further addresses of the stack: what {@code ip mptcp} does. With {@code signal} they are
 * announced to peers that connect; the stack gives them its own identifiers.
 */
final class Endpoints {
  private record Endpoint(IpAddress address, boolean announced) {}

  private final Map<Integer, Endpoint> endpoints = new LinkedHashMap<>();
  private Optional<StackHost> host = Optional.empty();
  private boolean announce = true;
  private OptionalInt subflows = OptionalInt.empty();
  private OptionalInt acceptedAddresses = OptionalInt.empty();

  /** Carries out a command. */
  void run(Place place, String command) {
    List<String> words = List.of(command.split("\\s+"));
    String what = words.size() > 3 ? words.get(2) + " " + words.get(3) : command;
    switch (what) {
      case "endpoint flush" -> List.copyOf(endpoints.keySet()).forEach(id -> remove(place, id));
      case "endpoint add" -> add(place, words.subList(4, words.size()));
      case "endpoint delete", "endpoint del" ->
          remove(place, number(place, after(place, words, "id")));
      case "limits set" -> limits(place, words.subList(4, words.size()));
      default -> throw ScriptException.refused(place, "shell command '" + command + "'");
    }
  }

  private void limits(Place place, List<String> words) {
    if (host.isPresent()) {
      throw ScriptException.refused(place, "ip mptcp limits after the beginning");
    }
    for (int i = 0; i + 1 < words.size(); i += 2) {
      OptionalInt value = OptionalInt.of(number(place, words.get(i + 1)));
      switch (words.get(i)) {
        case "subflow", "subflows" -> subflows = value;
        case "add_addr_accepted" -> acceptedAddresses = value;
        default -> throw ScriptException.refused(place, "limit " + words.get(i));
      }
    }
  }

  private static String after(Place place, List<String> words, String name) {
    int at = words.indexOf(name);
    if (at < 0 || at + 1 >= words.size()) {
      throw ScriptException.malformed(place, "there is no " + name);
    }
    return words.get(at + 1);
  }

  private static int number(Place place, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw ScriptException.malformed(place, "'" + text + "' is no number");
    }
  }

  private void add(Place place, List<String> words) {
    int id = words.contains("id") ? number(place, after(place, words, "id")) : endpoints.size() + 1;
    boolean signal = words.contains("signal");
    for (String other : List.of("backup", "fullmesh", "port", "laminar", "implicit")) {
      if (words.contains(other)) {
        throw ScriptException.refused(place, "endpoint with " + other);
      }
    }
    if (host.isPresent() && signal != announce) {
      throw ScriptException.refused(
          place, "an endpoint with signal beside one without, or later than at the beginning");
    }
    announce &= signal;
    Endpoint endpoint = new Endpoint(address(place, words.get(0)), signal);
    endpoints.put(id, endpoint);
    host.ifPresent(h -> h.addAddress(endpoint.address()));
  }

  private static IpAddress address(Place place, String literal) {
    try {
      return IpAddress.parse(literal);
    } catch (IllegalArgumentException e) {
      throw ScriptException.malformed(place, e);
    }
  }

  private void remove(Place place, int id) {
    Endpoint gone = endpoints.remove(id);
    if (gone == null) {
      throw ScriptException.malformed(place, "there is no endpoint with id " + id);
    }
    host.ifPresent(h -> h.removeAddress(gone.address()));
  }

  /** What the stack has to know from the beginning. */
  StackConfig.Builder configure(StackConfig.Builder config) {
    return config.mptcp(
        m -> {
          // Linux has one limit for both.
          subflows.ifPresent(most -> m.maxSubflowsOpened(most).maxSubflowsAccepted(most));
          acceptedAddresses.ifPresent(m::maxAcceptedAddresses);
          m.announceAddresses(announce);
        });
  }

  /** The stack runs: it gets the addresses, now and later. */
  void start(StackHost stack) {
    host = Optional.of(stack);
    endpoints.values().forEach(e -> stack.addAddress(e.address()));
  }
}
