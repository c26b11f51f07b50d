package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.mib.LinuxMptcpMib;

/** The counters have the names that the running kernel gives to what they count. */
@Interop
class CounterNamesTest {
  @Test
  void mptcpHasTheKernelsNamesInItsOrder() throws IOException {
    List<String> ofKernel =
        names("/proc/net/netstat").stream()
            .filter(name -> name.startsWith(LinuxMptcpMib.GROUP))
            .map(name -> name.substring(LinuxMptcpMib.GROUP.length()))
            .toList();
    assertThat(LinuxMptcpMib.NAMES).containsExactlyElementsOf(ofKernel);
  }

  @Test
  void everyOtherNameIsOneOfTheKernelOrOfTheStackAlone() throws IOException {
    List<String> ofKernel = new ArrayList<>(names("/proc/net/netstat"));
    ofKernel.addAll(names("/proc/net/snmp"));
    for (String line : Files.readAllLines(Path.of("/proc/net/snmp6"))) {
      ofKernel.add(line.split("\\s+")[0]);
    }
    Map<String, Long> counters;
    try (MptcpStack stack = MptcpStack.builder().seed(1).link(0, 1500).build()) {
      counters = stack.allCounters();
    }
    assertThat(counters.keySet())
        .hasSizeGreaterThan(LinuxMptcpMib.NAMES.size())
        .allSatisfy(
            name -> assertThat(name.startsWith("Stack") || ofKernel.contains(name)).isTrue());
  }

  /** Of every second line, which names the columns of the next: the group before each name. */
  private static List<String> names(String file) throws IOException {
    List<String> lines = Files.readAllLines(Path.of(file));
    List<String> names = new ArrayList<>();
    for (int i = 0; i < lines.size(); i += 2) {
      String group = lines.get(i).substring(0, lines.get(i).indexOf(':'));
      Arrays.stream(lines.get(i).split("\\s+"))
          .skip(1)
          .map(name -> group + name)
          .forEach(names::add);
    }
    return names;
  }
}
