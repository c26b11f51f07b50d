package org.mptcp4j.mib;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every counter of Linux's MPTcpExt counts here, or it stands written why not. */
class LinuxMptcpMibTest {
  @Test
  void eachNameIsCountedOrHasAReasonNotToBe() {
    Set<String> both = new HashSet<>(LinuxMptcpMib.counted());
    assertThat(LinuxMptcpMib.NOT_COUNTED).doesNotContainKeys(both.toArray(String[]::new));
    both.addAll(LinuxMptcpMib.NOT_COUNTED.keySet());
    assertThat(both).containsExactlyInAnyOrderElementsOf(LinuxMptcpMib.NAMES);
  }

  @Test
  void theReasonsAreSentences() {
    assertThat(LinuxMptcpMib.NOT_COUNTED.values()).allMatch(reason -> reason.contains(" "));
  }

  @Test
  void noNameIsCountedTwice() {
    assertThat(List.of(Mib.values()).stream().map(Mib::kernelName)).doesNotHaveDuplicates();
  }
}
