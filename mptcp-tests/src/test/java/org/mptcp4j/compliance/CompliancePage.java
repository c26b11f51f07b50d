package org.mptcp4j.compliance;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mptcp4j.compliance.Sources.Kind;

/** The text of {@code docs/compliance.md}. */
final class CompliancePage {
  /** For example "RFC 8684 section 3.3.1", also with the comment's line break inside. */
  private static final Pattern CITATION =
      Pattern.compile("RFC (\\d{3,4})(?:\\s|\\*|//)+sections? (\\d+(?:\\.\\d+)*)");

  /** Of a section: who cites it. */
  private record Citations(Set<String> code, Set<String> tests) {
    Citations() {
      this(new TreeSet<>(), new TreeSet<>());
    }
  }

  private final Map<Integer, List<Requirement>> requirements;
  private final Sources sources;
  private final StringBuilder page = new StringBuilder();

  /**
   * @param requirements by the number of their RFC, in the order of its text
   */
  CompliancePage(Map<Integer, List<Requirement>> requirements, Sources sources) {
    this.requirements = requirements;
    this.sources = sources;
  }

  String text() {
    page.append(
        """
        # What RFCs ask for, the code that does it and the tests that show it

        Generated from the tables in `mptcp-tests/src/test/resources/compliance` and from the citations in the sources
        (`// RFC 8684 section 3.3.1: ...`). A test holds that every name in it exists, and that each MUST that is done has a test.

        Requirements in the RFCs' own words, one of several sentences that say the same. The last column says what is not done, or
        otherwise, and why.

        """);
    overview();
    requirements.forEach(this::ofRfc);
    page.append("\n# Sections that the sources cite\n");
    citations().forEach(this::cited);
    return page.toString();
  }

  private void overview() {
    page.append(
        "| RFC | requirements | done, with a test | done, no test | not done or otherwise |\n");
    page.append("| --- | --- | --- | --- | --- |\n");
    requirements.forEach(
        (rfc, all) -> {
          long shown = all.stream().filter(r -> r.isDone() && r.isShown()).count();
          long done = all.stream().filter(Requirement::isDone).count();
          page.append(
              "| [%d](#rfc-%d) | %d | %d | %d | %d |\n"
                  .formatted(rfc, rfc, all.size(), shown, done - shown, all.size() - done));
        });
  }

  private void ofRfc(int rfc, List<Requirement> all) {
    page.append("\n## RFC ").append(rfc).append("\n\n");
    page.append("| section | | requirement | code | test | not done |\n");
    page.append("| --- | --- | --- | --- | --- | --- |\n");
    for (Requirement r : all) {
      page.append("| %s | %s | %s | ".formatted(r.section(), r.level(), escaped(r.text())));
      page.append(links(r.code(), Kind.CODE)).append(" | ").append(links(r.tests(), Kind.TEST));
      page.append(" | ").append(escaped(r.reason())).append(" |\n");
    }
  }

  private String links(List<String> references, Kind kind) {
    List<String> links = new ArrayList<>();
    for (String reference : references) {
      String shown = reference.replaceFirst("^script:", "");
      links.add("[%s](../%s)".formatted(shown, sources.fileOf(reference, kind).orElseThrow()));
    }
    return String.join(", ", links);
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
  }

  // ---- citations

  private Map<Integer, Map<String, Citations>> citations() {
    Map<Integer, Map<String, Citations>> found = new TreeMap<>();
    for (Sources.Source source : sources.all()) {
      Matcher m = CITATION.matcher(source.text());
      while (m.find()) {
        Citations c =
            found
                .computeIfAbsent(
                    Integer.parseInt(m.group(1)), rfc -> new TreeMap<>(CompliancePage::inOrder))
                .computeIfAbsent(m.group(2), section -> new Citations());
        (source.isTest() ? c.tests : c.code).add(source.name());
      }
    }
    return found;
  }

  private static int inOrder(String one, String other) {
    return sortKey(one).compareTo(sortKey(other));
  }

  private static String sortKey(String section) {
    StringBuilder key = new StringBuilder();
    for (String part : section.split("\\.")) {
      key.append(String.format("%04d.", Integer.parseInt(part)));
    }
    return key.toString();
  }

  private void cited(int rfc, Map<String, Citations> sections) {
    page.append("\n## Citations of RFC ").append(rfc).append("\n\n");
    page.append("| section | code | tests |\n| --- | --- | --- |\n");
    sections.forEach(
        (section, c) ->
            page.append(
                "| %s | %s | %s |\n"
                    .formatted(
                        section, String.join(", ", c.code()), String.join(", ", c.tests()))));
  }

  /** What is not as the tables say, and what they should not say, in words. */
  static List<String> problems(Map<Integer, List<Requirement>> requirements, Sources sources) {
    Set<String> problems = new LinkedHashSet<>();
    requirements.forEach(
        (rfc, all) -> all.forEach(r -> problems.addAll(problems(rfc, r, sources))));
    return List.copyOf(problems);
  }

  private static Stream<String> missing(String reference, Kind kind, Sources sources) {
    return sources.fileOf(reference, kind).isPresent()
        ? Stream.empty()
        : Stream.of("there is no " + reference);
  }

  private static List<String> problems(int rfc, Requirement r, Sources sources) {
    String place = "RFC " + rfc + " section " + r.section() + ": ";
    List<String> problems = new ArrayList<>();
    r.code().stream().flatMap(c -> missing(c, Kind.CODE, sources)).forEach(problems::add);
    r.tests().stream().flatMap(t -> missing(t, Kind.TEST, sources)).forEach(problems::add);
    problems.replaceAll(problem -> place + problem);
    if (r.isDone() && r.code().isEmpty()) {
      problems.add(place + "it is said to be done, but not where: " + r.text());
    }
    if (r.isDone() && r.isMust() && !r.isShown()) {
      problems.add(place + "a MUST without a test: " + r.text());
    }
    return problems;
  }
}
