package org.mptcp4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/compliance.md} lists the sections of RFCs that code and tests cite. It is generated
 * from the citations; {@code -Dcompliance.write=true} writes it anew.
 */
class ComplianceTest {

  private static final Path PAGE = Path.of("../docs/compliance.md");

  /** For example "RFC 8684 section 3.3.1", also with the comment's line break inside. */
  private static final Pattern CITATION =
      Pattern.compile("RFC (\\d{3,4})(?:\\s|\\*|//)+sections? (\\d+(?:\\.\\d+)*)");

  /** One section of one RFC, in the order of numbers. */
  private record Section(int rfc, String number) implements Comparable<Section> {
    @Override
    public int compareTo(Section other) {
      return Comparator.comparingInt(Section::rfc)
          .thenComparing(s -> s.sortKey())
          .compare(this, other);
    }

    private String sortKey() {
      StringBuilder key = new StringBuilder();
      for (String part : number.split("\\.")) {
        key.append(String.format("%04d.", Integer.parseInt(part)));
      }
      return key.toString();
    }
  }

  /** Who cites a section. */
  private record Citations(TreeSet<String> code, TreeSet<String> tests) {
    Citations() {
      this(new TreeSet<>(), new TreeSet<>());
    }
  }

  @Test
  void thePageSaysWhatCodeAndTestsCite() throws IOException {
    String generated = page(citations());
    if (Boolean.getBoolean("compliance.write")) {
      Files.writeString(PAGE, generated);
    }
    assertThat(PAGE)
        .as("mvn test -Dtest=ComplianceTest -Dcompliance.write=true writes it anew")
        .hasContent(generated);
    assertThat(generated.lines().count()).isGreaterThan(100);
  }

  private static Map<Section, Citations> citations() throws IOException {
    Map<Section, Citations> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      for (Path file : files.filter(ComplianceTest::isSource).toList()) {
        boolean test = file.toString().contains("src/test/");
        String name = file.getFileName().toString().replace(".java", "");
        Matcher m = CITATION.matcher(Files.readString(file));
        while (m.find()) {
          Section section = new Section(Integer.parseInt(m.group(1)), m.group(2));
          Citations c = found.computeIfAbsent(section, s -> new Citations());
          (test ? c.tests : c.code).add(name);
        }
      }
    }
    return found;
  }

  private static boolean isSource(Path file) {
    String name = file.toString();
    return name.endsWith(".java") && name.contains("src/") && !name.endsWith("ComplianceTest.java");
  }

  private static String page(Map<Section, Citations> found) {
    StringBuilder page = new StringBuilder();
    page.append("# RFC sections, the code that implements them and the tests that show them\n\n");
    page.append(
        "Generated from the citations in the sources (`// RFC 8684 section 3.3.1: ...`).\n");
    int rfc = 0;
    for (Map.Entry<Section, Citations> e : found.entrySet()) {
      if (e.getKey().rfc() != rfc) {
        rfc = e.getKey().rfc();
        page.append("\n## RFC ")
            .append(rfc)
            .append("\n\n| section | code | tests |\n| --- | --- | --- |\n");
      }
      page.append("| ").append(e.getKey().number());
      for (TreeSet<String> names : List.of(e.getValue().code(), e.getValue().tests())) {
        page.append(" | ").append(String.join(", ", names));
      }
      page.append(" |\n");
    }
    return page.toString();
  }
}
