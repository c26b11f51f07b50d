package org.mptcp4j.stack;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Keeps what a test makes the product log out of the output of the build. The binding of the tests,
 * slf4j-simple, writes to {@code System.err}. What the test does not take is shown after all.
 */
public final class CapturedLog implements BeforeEachCallback, AfterEachCallback {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private PrintStream before;

  @Override
  public void beforeEach(ExtensionContext context) {
    before = System.err;
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    System.setErr(before);
    before.print(written.toString(StandardCharsets.UTF_8));
  }

  /** The warnings and errors since the last call, without the stack traces that follow them. */
  public List<String> take() {
    List<String> messages =
        written
            .toString(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.matches("\\[.*] (WARN|ERROR) .*"))
            .toList();
    written.reset();
    return messages;
  }
}
