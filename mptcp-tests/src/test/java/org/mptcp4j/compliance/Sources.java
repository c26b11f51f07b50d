package org.mptcp4j.compliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Java sources of all modules, and the scripts. */
final class Sources {
  private static final Path ROOT = Path.of("..");
  private static final String SCRIPT = "script:";
  private static final String SCRIPTS = "mptcp-tests/src/test/resources/packetdrill/";

  /** What a reference is to. */
  enum Kind {
    CODE,
    TEST
  }

  /**
   * A source file.
   *
   * @param path from the top of the project, with slashes
   */
  record Source(String path, String text) {
    boolean isTest() {
      return path.contains("src/test/");
    }

    String name() {
      return path.substring(path.lastIndexOf('/') + 1).replace(".java", "");
    }
  }

  private final Map<String, Source> byPath = new TreeMap<>();
  private final Map<String, List<Source>> byName = new HashMap<>();

  Sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(Sources::isSource).toList()) {
        String path = ROOT.relativize(file).toString().replace('\\', '/');
        Source source = new Source(path, Files.readString(file));
        byPath.put(path, source);
        byName.computeIfAbsent(source.name(), n -> new ArrayList<>()).add(source);
      }
    }
  }

  private static boolean isSource(Path file) {
    String path = file.toString().replace('\\', '/');
    return path.endsWith(".java") && path.contains("src/") && !path.contains("/compliance/");
  }

  Iterable<Source> all() {
    return byPath.values();
  }

  /**
   * The file that a reference means, from the top of the project; empty when there is none.
   *
   * @param reference {@code Class.member} or, of tests, {@code script:folder/name.pkt}
   */
  Optional<String> fileOf(String reference, Kind kind) {
    if (reference.startsWith(SCRIPT)) {
      String path = SCRIPTS + reference.substring(SCRIPT.length());
      return kind == Kind.TEST && Files.exists(ROOT.resolve(path))
          ? Optional.of(path)
          : Optional.empty();
    }
    int dot = reference.indexOf('.');
    String name = dot < 0 ? reference : reference.substring(0, dot);
    Pattern member = Pattern.compile("\\b" + Pattern.quote(reference.substring(dot + 1)) + "\\b");
    return byName.getOrDefault(name, List.of()).stream()
        .filter(source -> source.isTest() == (kind == Kind.TEST))
        .filter(source -> member.matcher(source.text()).find())
        .map(Source::path)
        .findFirst();
  }
}
