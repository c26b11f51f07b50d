package org.mptcp4j.lab.live;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mptcp-lab nstat}. */
@Command(
    name = "nstat",
    header = "The counters of a running stack.",
    description =
        "Print the counters of a running stack since it began, as 'nstat -a' prints those of the"
            + " kernel and under its names.")
public final class NstatCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-z", "--zeros"},
      description = "Print counters that are zero, too.")
  private boolean zeros;

  @Parameters(paramLabel = "PATH", description = "What the stack was given by --status.")
  private Path path;

  NstatCommand() {}

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(StatusClient.ask(path, zeros ? "nstat -z" : "nstat"));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
