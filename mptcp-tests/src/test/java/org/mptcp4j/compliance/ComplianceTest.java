package org.mptcp4j.compliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/compliance.md} lists what RFCs ask for, and the code and tests that do and show it.
 * It is generated; {@code -Dcompliance.write=true} writes it anew.
 */
class ComplianceTest {
  private static final Path PAGE = Path.of("../docs/compliance.md");
  private static final Path TABLES = Path.of("src/test/resources/compliance");

  private static final Map<Integer, List<Requirement>> REQUIREMENTS = new TreeMap<>();
  private static Sources sources;

  @BeforeAll
  static void read() throws IOException {
    sources = new Sources();
    try (Stream<Path> files = Files.list(TABLES)) {
      for (Path file : files.toList()) {
        String number = file.getFileName().toString().replaceAll("\\D", "");
        List<Requirement> ofRfc =
            Files.readAllLines(file).stream().map(Requirement::parse).toList();
        REQUIREMENTS.put(Integer.parseInt(number), ofRfc);
      }
    }
  }

  @Test
  void whatIsSaidToBeDoneIsThereAndShown() {
    assertThat(REQUIREMENTS).containsKeys(8684, 9293);
    assertThat(CompliancePage.problems(REQUIREMENTS, sources)).isEmpty();
  }

  @Test
  void thePageSaysWhatTheTablesSay() throws IOException {
    String generated = new CompliancePage(REQUIREMENTS, sources).text();
    if (Boolean.getBoolean("compliance.write")) {
      Files.writeString(PAGE, generated);
    }
    assertThat(PAGE)
        .as("mvn test -Dtest=ComplianceTest -Dcompliance.write=true writes it anew")
        .hasContent(generated);
  }
}
