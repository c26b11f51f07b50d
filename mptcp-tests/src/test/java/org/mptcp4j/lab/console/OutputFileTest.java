package org.mptcp4j.lab.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir private Path directory;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static OutputFile.Content halfOf(RuntimeException failure) {
    return file -> {
      Files.writeString(file, "half");
      throw failure;
    };
  }

  @Test
  void hasItsNameWhenItIsComplete() throws IOException {
    Path file = directory.resolve("file");
    OutputFile.write(
        file,
        partial -> {
          Files.writeString(partial, "all");
          assertThat(file).doesNotExist();
        });
    assertThat(file).hasContent("all");
    assertThat(names()).containsExactly("file");
  }

  @Test
  void leavesNothingWhenItFails() throws IOException {
    Path file = directory.resolve("file");
    for (OutputFile.Content content :
        List.<OutputFile.Content>of(
            halfOf(new UncheckedIOException("tap", new IOException("disk full"))),
            path -> {
              Files.writeString(path, "half");
              throw new IOException("disk full");
            })) {
      assertThatThrownBy(() -> OutputFile.write(file, content))
          .isInstanceOf(LabException.class)
          .hasMessage("cannot write to " + file + ": disk full");
      assertThat(names()).isEmpty();
    }
  }

  @Test
  void keepsWhatWasThereWhenItFails() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "old");
    IOException cause = new IOException("disk full");
    assertThatThrownBy(() -> OutputFile.write(file, halfOf(new UncheckedIOException(cause))))
        .isInstanceOf(LabException.class);
    assertThat(file).hasContent("old");
  }

  @Test
  void whatIsWrittenWhenSomethingElseFailsDoesNotLookComplete() throws IOException {
    Path file = directory.resolve("file");
    LabException other = LabException.failed("the transfer failed");
    assertThatThrownBy(() -> OutputFile.write(file, halfOf(other))).isSameAs(other);
    assertThat(names()).containsExactly("file.part");
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path target = Files.writeString(directory.resolve("target"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link"), target);
    OutputFile.write(link, "new");
    assertThat(target).hasContent("new");
    assertThat(link).isSymbolicLink();
  }
}
