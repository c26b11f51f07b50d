package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A network namespace for each test, whose kernel routes between the devices in it. */
final class KernelRouter implements BeforeEachCallback, AfterEachCallback {
  private final String name;

  /**
   * No namespace yet.
   *
   * @param prefix of its name, one for each test class
   */
  KernelRouter(String prefix) {
    name = prefix + ProcessHandle.current().pid();
  }

  /** Name of the namespace. */
  String namespace() {
    return name;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    assumeTrue(run("ip", "netns", "add", name), "needs root and ip(8) to make a namespace");
    assertThat(run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv4.ip_forward=1")).isTrue();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    run("ip", "netns", "del", name);
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
