package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mptcp4j.lab.chart.FlameGraph;

class PerfScriptTest {
  private static final String SAMPLES =
      """
      kernel-load\s
      \tffffffff8a1 tun_net_xmit+0x12 ([tun])
      \tffffffff8a2 dev_hard_start_xmit ([kernel.kallsyms])
      \t    7f001 write (/usr/lib/x86_64-linux-gnu/libc.so.6)

      multiThreadIoEv\s
      \t    7f002 int org.mptcp4j.tcp.TcpSock.onSegment(org.mptcp4j.wire.RxSegment) (/tmp/perf-12.map)
      \t    7f003 [unknown] (/usr/lib/jvm/lib/server/libjvm.so)

      swapper\s
      \tffffffff8a3 default_idle ([kernel.kallsyms])

      kernel-load\s
      \t    7f004 Interpreter (/tmp/perf-12.map)
      """;

  private final FlameGraph graph = new FlameGraph("title", "");

  @Test
  void everySampleIsAStackUnderItsThread() {
    PerfScript.read(SAMPLES.lines(), graph);
    assertThat(graph.samples()).isEqualTo(3);
    assertThat(graph.svg())
        .contains(
            "kernel-load: 66.7 %",
            "write: 33.3 %",
            "tun_net_xmit: 33.3 %",
            "multiThreadIoEv: 33.3 %",
            "libjvm.so: 33.3 %",
            "TcpSock.onSegment: 33.3 %")
        .doesNotContain("default_idle", "swapper");
  }

  @Test
  void ofAJavaNameClassAndMethodAreShown() {
    assertThat(PerfScript.javaName("void io.netty.util.Timer$Worker.run()"))
        .isEqualTo("Timer$Worker.run");
    assertThat(PerfScript.javaName("Interpreter")).isEqualTo("Interpreter");
    assertThat(PerfScript.javaName("java.util.List org.mptcp4j.Stack::poll(int, long)"))
        .isEqualTo("Stack.poll");
  }
}
