package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mptcp4j.lab.chart.FlameGraph;

class PerfScriptTest {
  private static final String SAMPLES =
      """
      kernel-load    7\s
      \tffffffff8a1 tun_net_xmit+0x12 ([tun])
      \tffffffff8a2 dev_hard_start_xmit ([kernel.kallsyms])
      \t    7f001 write (/usr/lib/x86_64-linux-gnu/libc.so.6)

      multiThreadIoEv   12\s
      \t    7f002 int org.mptcp4j.tcp.TcpSock.onSegment(org.mptcp4j.wire.RxSegment) (/tmp/perf-12.map)
      \t    7f003 [unknown] (/usr/lib/jvm/lib/server/libjvm.so)

      swapper     0\s
      \tffffffff8a3 default_idle ([kernel.kallsyms])

      javac   13\s
      \t    7f005 [unknown] (/tmp/perf-13.map)

      C2 CompilerThre   12\s
      \t    7f004 [unknown] ([unknown])
      \t    7f004 Interpreter (/tmp/perf-12.map)
      """;

  private final FlameGraph graph = new FlameGraph("title", "");

  @Test
  void everySampleIsAStackUnderItsThread() {
    PerfScript.read(SAMPLES.lines(), 12, graph);
    assertThat(graph.samples()).isEqualTo(3);
    assertThat(graph.svg())
        .contains(
            "kernel-load: 33.3 %",
            "C2 CompilerThre: 33.3 %",
            "write: 33.3 %",
            "tun_net_xmit: 33.3 %",
            "multiThreadIoEv: 33.3 %",
            "libjvm.so: 33.3 %",
            "TcpSock.onSegment: 33.3 %")
        .doesNotContain("default_idle", "swapper", "javac", "[unknown]");
  }

  @Test
  void ofAJavaNameClassAndMethodAreShown() {
    assertThat(PerfScript.javaName("void io.netty.util.Timer$Worker.run()"))
        .isEqualTo("Timer$Worker.run");
    assertThat(PerfScript.javaName("Interpreter")).isEqualTo("Interpreter");
    assertThat(PerfScript.javaName("StubRoutines (1)")).isEqualTo("StubRoutines");
    assertThat(PerfScript.javaName("java.util.List org.mptcp4j.Stack::poll(int, long)"))
        .isEqualTo("Stack.poll");
  }
}
