package org.mptcp4j.lab.live;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab ss}. */
@Command(
    name = "ss",
    header = "The connections of a running stack.",
    description =
        "Print the connections of a running stack and their subflows, as 'ss -Mti' prints those of"
            + " the kernel.")
public final class SsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "PATH", description = "What the stack was given by --status.")
  private Path path;

  SsCommand() {}

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(StatusClient.ask(path, "ss"));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
