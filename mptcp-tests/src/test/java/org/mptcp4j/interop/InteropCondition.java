package org.mptcp4j.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Whether this machine can run tests against its own kernel: see {@link Interop}. */
final class InteropCondition implements ExecutionCondition {
  private static final String REQUIRE = "MPTCP4J_REQUIRE_INTEROP";
  private static final Optional<String> MISSING = missing();

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<String> missing = MISSING.or(() -> missing(programs(context)));
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("the kernel is there");
    }
    String reason = "no tests against the kernel: " + missing.get();
    if ("1".equals(System.getProperty(REQUIRE, System.getenv(REQUIRE)))) {
      throw new IllegalStateException(reason + "; " + REQUIRE + "=1 makes this an error");
    }
    return ConditionEvaluationResult.disabled(reason);
  }

  private static Optional<String> missing() {
    if (!"Linux".equals(System.getProperty("os.name"))) {
      return Optional.of("this is not Linux");
    }
    if (!isRoot()) {
      return Optional.of("not root");
    }
    if (!Files.exists(Path.of("/dev/net/tun"))) {
      return Optional.of("/dev/net/tun is missing");
    }
    if (!Files.exists(Path.of("/proc/sys/net/mptcp/enabled"))) {
      return Optional.of("the kernel has no MPTCP");
    }
    return missing("ip", "nstat", "tc", "python3");
  }

  private static String[] programs(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getRequiredTestClass(), Interop.class)
        .map(Interop::programs)
        .orElse(new String[0]);
  }

  private static Optional<String> missing(String... programs) {
    for (String program : programs) {
      if (Shell.status("sh", "-c", "command -v " + program) != 0) {
        return Optional.of("the program " + program + " is missing");
      }
    }
    return Optional.empty();
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      return false;
    }
  }
}
