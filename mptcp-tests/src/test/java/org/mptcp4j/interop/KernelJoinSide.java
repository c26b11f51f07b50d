package org.mptcp4j.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The kernel's, by {@code ip mptcp} in its namespace. */
final class KernelJoinSide implements JoinSide {
  private final Netns namespace;
  private final Supplier<Map<String, Long>> counters;

  KernelJoinSide(Netns namespace, Supplier<Map<String, Long>> counters) {
    this.namespace = namespace;
    this.counters = counters;
  }

  private String mptcp(List<String> words) {
    List<String> command = new ArrayList<>(List.of("ip", "-n", namespace.name(), "mptcp"));
    command.addAll(words);
    return Shell.run(command);
  }

  @Override
  public void limits(int subflows, int addAddrAccepted) {
    mptcp(
        List.of(
            "limits", "set", "subflows", "" + subflows, "add_addr_accepted", "" + addAddrAccepted));
  }

  @Override
  public void add(String address, String flags, int id, int port, int link) {
    List<String> words = new ArrayList<>(List.of("endpoint", "add", address));
    if (link > 0) {
      words.addAll(List.of("dev", "m4j" + link));
    }
    if (id > 0) {
      words.addAll(List.of("id", "" + id));
    }
    if (port > 0) {
      words.addAll(List.of("port", "" + port));
    }
    if (!flags.isEmpty()) {
      words.addAll(List.of(flags.split(",")));
    }
    mptcp(words);
  }

  @Override
  public void delete(int id) {
    mptcp(List.of("endpoint", "delete", "id", "" + id));
  }

  @Override
  public void deleteInitial(String address) {
    mptcp(List.of("endpoint", "delete", "id", "0", address));
  }

  @Override
  public void change(int id, String flags) {
    List<String> words = new ArrayList<>(List.of("endpoint", "change", "id", "" + id));
    words.addAll(List.of(flags.split(",")));
    mptcp(words);
  }

  @Override
  public void flush() {
    mptcp(List.of("endpoint", "flush"));
  }

  @Override
  public Map<Integer, String> endpoints() {
    Map<Integer, String> found = new LinkedHashMap<>();
    for (String line : mptcp(List.of("endpoint", "show")).split("\n")) {
      String[] words = line.trim().split("\\s+");
      for (int i = 0; i + 1 < words.length; i++) {
        if (words[i].equals("id")) {
          found.put(Integer.parseInt(words[i + 1]), line.trim());
        }
      }
    }
    return found;
  }

  @Override
  public Map<String, Long> counters() {
    return counters.get();
  }
}
