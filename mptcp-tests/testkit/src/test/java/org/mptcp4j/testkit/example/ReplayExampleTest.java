package org.mptcp4j.testkit.example;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.junit.MptcpSimulation;
import org.mptcp4j.testkit.replay.CaptureReplay;
import org.mptcp4j.testkit.replay.ReplayReport;
import org.mptcp4j.testkit.replay.StackReplay;

@MptcpSimulation
class ReplayExampleTest {
  private static final Path CAPTURES = Path.of("../../mptcp-core/src/test/resources/captures");

  @Test
  void theKernelsClientIsUnderstood(SimWorld world) throws IOException {
    Path file = CAPTURES.resolve("linux-6.18-single-subflow.pcap");
    SimStack server = world.stack("server");
    StackReplay replay = CaptureReplay.of(file).inPlaceOfServer(server);
    int port = replay.server().getPort();
    byte[] answers = "okok".getBytes(US_ASCII);
    server.listen(port, e -> e.keeping().write(answers).closeAtEndOfStream());

    ReplayReport report = replay.run();

    assertThat(server.endpoints().get(0)).isMptcp();
    assertThat(report.remarks()).as(report.toString()).isEmpty();
    assertThat(report.differences()).as(report.toString()).isEmpty();
  }
}
