package org.mptcp4j.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
  /** A part that users may replace. */
  public interface Part extends Named {}

  private record BuiltIn(String name) implements Part {}

  /** What a jar adds. */
  public static final class Added implements Part {
    @Override
    public String name() {
      return "added";
    }
  }

  /** Another one. */
  public static final class Better implements Part {
    @Override
    public String name() {
      return "a-better-1";
    }
  }

  /** Its name is taken. */
  public static final class Clashing implements Part {
    @Override
    public String name() {
      return "default";
    }
  }

  /** Its name is not one. */
  public static final class Shouting implements Part {
    @Override
    public String name() {
      return "LOUD";
    }
  }

  @TempDir Path jar;

  private static Registry<Part> registry() {
    return new Registry<>(
        "part", Part.class, List.of(new BuiltIn("default"), new BuiltIn("second")));
  }

  /** A registry that meets a class path with a jar that names those classes. */
  private void with(Consumer<Registry<Part>> asks, String... classNames) throws IOException {
    Path services = Files.createDirectories(jar.resolve("META-INF/services"));
    Files.write(services.resolve(Part.class.getName()), List.of(classNames));
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, Part.class.getClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      asks.accept(registry());
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  @Test
  void findsWhatIsBuiltIn() {
    assertThat(registry().names()).containsExactly("default", "second");
    assertThat(registry().byName("second")).isEqualTo(new BuiltIn("second"));
  }

  @Test
  void findsWhatAJarAddsAndSharesIt() throws IOException {
    with(
        registry -> {
          assertThat(registry.names()).containsExactly("default", "second", "a-better-1", "added");
          assertThat(registry.byName("added"))
              .isInstanceOf(Added.class)
              .isSameAs(registry.byName("added"));
        },
        Added.class.getName(),
        Better.class.getName());
  }

  @Test
  void anUnknownNameFailsWithTheNamesThereAre() throws IOException {
    with(
        registry ->
            assertThatThrownBy(() -> registry.byName("defualt"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown part 'defualt': choose one of [default, second, added]"),
        Added.class.getName());
  }

  @Test
  void aNameThatIsTakenFailsWhateverIsAsked() throws IOException {
    with(
        registry ->
            assertThatThrownBy(() -> registry.byName("second"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("two of kind part are named 'default'")
                .hasMessageContaining(Clashing.class.getName())
                .hasMessageContaining("known are [default, second]"),
        Clashing.class.getName());
  }

  @Test
  void aNameThatIsNoneFails() throws IOException {
    with(
        registry ->
            assertThatThrownBy(registry::names)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'LOUD': use lower-case letters, digits and hyphens"),
        Shouting.class.getName());
  }

  @Test
  void aClassThatCannotBeMadeFails() throws IOException {
    with(
        registry ->
            assertThatThrownBy(registry::names)
                .isInstanceOf(ServiceConfigurationError.class)
                .hasMessageContaining("no.such.Part"),
        "no.such.Part");
  }

  @Test
  void nothingBuiltInIsAMistake() {
    assertThatThrownBy(() -> new Registry<>("part", Part.class, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
