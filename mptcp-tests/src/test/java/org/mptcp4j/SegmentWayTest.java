package org.mptcp4j;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The way of one received segment through the core is as short as {@code docs/architecture.md} says
 * that it is: the classes on the stack wherever something of an in-order segment is put where it
 * stays, its bytes and its mapping.
 */
class SegmentWayTest {
  static final String WAY = "mptcp4j.segment.way";
  static final String ENDS = "mptcp4j.segment.ends";

  /** Where bytes and mappings stay. */
  private static final Set<String> KEEPERS =
      Set.of("org.mptcp4j.tcp.WaitingPieces", "org.mptcp4j.mptcp.RxMappings");

  private static final int MOST_FILES = 8;

  /** Before something is added to what keeps it. */
  static final class Added {
    private Added() {}

    @Advice.OnMethodEnter
    static void enter() {
      SegmentSteps.step();
    }
  }

  /** Loads the project's classes anew, with those that keep something watched. */
  private static final class Watching extends ClassLoader {
    private final ClassFileLocator files = ClassFileLocator.ForClassLoader.of(getParent());
    private final TypePool types = TypePool.Default.of(files);

    Watching() {
      super(SegmentWayTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        if (known != null || !name.startsWith("org.mptcp4j.")) {
          return known != null ? known : super.loadClass(name, resolve);
        }
        byte[] code = KEEPERS.contains(name) ? watched(name) : read(name);
        return defineClass(name, code, 0, code.length);
      }
    }

    private byte[] read(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }

    private byte[] watched(String name) {
      return new ByteBuddy()
          .redefine(types.describe(name).resolve(), files)
          .visit(Advice.to(Added.class).on(named("add")))
          .make()
          .getBytes();
    }
  }

  @AfterEach
  void forget() {
    System.clearProperty(WAY);
    System.clearProperty(ENDS);
  }

  @Test
  void theWayOfASegmentIsTheOneInTheBook() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    Watching watching = new Watching();
    thread.setContextClassLoader(watching); // parts are looked up by name
    try {
      Class<?> steps = watching.loadClass(SegmentSteps.class.getName());
      ((Runnable) steps.getConstructor().newInstance()).run();
    } finally {
      thread.setContextClassLoader(before);
    }

    assertThat(System.getProperty(ENDS).split(" ")).containsExactly("RxMappings", "WaitingPieces");
    assertThat(System.getProperty(WAY).split(" "))
        .containsExactlyInAnyOrderElementsOf(listed())
        .hasSizeLessThanOrEqualTo(MOST_FILES);
  }

  /** The classes that the page lists, in its order. */
  private static List<String> listed() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "architecture.md"));
    String section = page.substring(page.indexOf("## The way of one segment"));
    section = section.substring(0, section.indexOf("\n## ", 4));
    Matcher row = Pattern.compile("(?m)^\\d\\. `(\\w+)`").matcher(section);
    List<String> names = new ArrayList<>();
    while (row.find()) {
      names.add(row.group(1));
    }
    return names;
  }
}
