package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The pictures of state machines in {@code docs/sockets.md} show the tables that the code obeys.
 */
class StateDiagramTest {
  private static final String OUTSIDE = "[*]";
  private static final Pattern PICTURE =
      Pattern.compile("```mermaid\nstateDiagram-v2\n(.*?)```", Pattern.DOTALL);
  private static final Pattern EDGE = Pattern.compile("(?m)^ *(\\S+) --> (\\S+)(?: : .+)?$");

  @Test
  void ofASubflow() {
    assertThat(picture("CAPABLE_SYN_SENT"))
        .isEqualTo(
            edges(
                SubflowState.values(),
                SubflowState::successors,
                List.of(
                    SubflowState.CAPABLE_SYN_SENT,
                    SubflowState.CAPABLE_SYN_RECEIVED,
                    SubflowState.JOIN_SYN_SENT,
                    SubflowState.JOIN_SYN_RECEIVED)));
  }

  @Test
  void ofAConnection() {
    assertThat(picture("CONNECTING"))
        .isEqualTo(edges(Life.values(), Life::successors, List.of(Life.CONNECTING)));
  }

  /** Edges of the picture with that state. */
  private static Set<String> picture(String state) {
    return pictures()
        .filter(edges -> edges.contains(OUTSIDE + " --> " + state))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no picture begins with " + state));
  }

  private static Stream<Set<String>> pictures() {
    return PICTURE
        .matcher(page())
        .results()
        .map(
            picture -> {
              List<MatchResult> lines = EDGE.matcher(picture.group(1)).results().toList();
              assertThat(lines).as("lines that are edges").hasSize(lines(picture.group(1)));
              return lines.stream()
                  .map(edge -> edge.group(1) + " --> " + edge.group(2))
                  .collect(Collectors.toCollection(TreeSet::new));
            });
  }

  private static int lines(String text) {
    return (int) text.lines().count();
  }

  private static String page() {
    try {
      return Files.readString(
          Stream.of(Path.of("../docs/sockets.md"), Path.of("docs/sockets.md"))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Edges of a table, from and to the outside included. */
  private static <S extends Enum<S>> Set<String> edges(
      S[] states, Function<S, Set<S>> successors, List<S> first) {
    Set<String> edges = new TreeSet<>();
    first.forEach(state -> edges.add(OUTSIDE + " --> " + state));
    for (S state : states) {
      successors.apply(state).forEach(next -> edges.add(state + " --> " + next));
      if (successors.apply(state).isEmpty()) {
        edges.add(state + " --> " + OUTSIDE);
      }
    }
    return edges;
  }
}
