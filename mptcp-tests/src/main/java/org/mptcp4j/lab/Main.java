package org.mptcp4j.lab;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.function.Function;
import org.mptcp4j.lab.bench.BenchCommand;
import org.mptcp4j.lab.bench.BenchFlameCommand;
import org.mptcp4j.lab.bench.BenchFloodsCommand;
import org.mptcp4j.lab.bench.BenchIdleCommand;
import org.mptcp4j.lab.bench.BenchLinkCommand;
import org.mptcp4j.lab.bench.BenchPathsCommand;
import org.mptcp4j.lab.bench.FloodCommand;
import org.mptcp4j.lab.bench.cost.BenchPacketsCommand;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.decode.DecodeCommand;
import org.mptcp4j.lab.demo.DemoCommand;
import org.mptcp4j.lab.live.LoadCommand;
import org.mptcp4j.lab.live.NstatCommand;
import org.mptcp4j.lab.live.ServeCommand;
import org.mptcp4j.lab.live.SsCommand;
import org.mptcp4j.lab.packetdrill.PacketdrillCommand;
import org.mptcp4j.lab.relay.RelayCommand;
import org.mptcp4j.lab.soak.SoakCommand;
import org.mptcp4j.lab.torture.TortureCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code mptcp-lab}: the command line of the stack. Every failure is one line on standard error and
 * an exit code.
 */
@Command(
    name = "mptcp-lab",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "A TCP and Multipath TCP stack in Java, over raw packets: show it, serve, load, measure and"
            + " decode.",
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      LoadCommand.class,
      SsCommand.class,
      NstatCommand.class,
      BenchCommand.class,
      BenchIdleCommand.class,
      BenchLinkCommand.class,
      BenchFlameCommand.class,
      BenchFloodsCommand.class,
      BenchPacketsCommand.class,
      BenchPathsCommand.class,
      DecodeCommand.class,
      PacketdrillCommand.class,
      RelayCommand.class,
      SoakCommand.class,
      TortureCommand.class,
      FloodCommand.class,
      HelpCommand.class
    })
public final class Main implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    quiet("defaultLogLevel", "warn");
    // Netty looks for a MAC address to name itself by; here there need be none.
    quiet("log.io.netty.util.internal.MacAddressUtil", "error");
    // And for interfaces, of which a fresh network namespace has none that is up.
    quiet("log.io.netty.util.NetUtilInitializations", "error");
    // Netty's default follows one buffer in 128 and takes a stack trace at each step of it.
    preset("io.netty.leakDetection.level", "disabled");
    System.setOut(StandardOutput.open());
    System.exit(run(System.out, System.err, args));
  }

  /**
   * Runs one command.
   *
   * @return its exit code; that of a failure also when not all of its output could be written,
   *     unless the reader has seen enough
   */
  static int run(PrintStream out, PrintStream err, String... args) {
    CommandLine line =
        commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int exitCode = line.execute(args);
    line.getOut().flush();
    boolean lost = out.checkError() && !(out instanceof StandardOutput o && o.readerIsGone());
    if (lost && exitCode == CommandLine.ExitCode.OK) {
      line.getErr().println("mptcp-lab: cannot write all of the output to standard output");
      return LabException.FAILED;
    }
    return exitCode;
  }

  private static void quiet(String logger, String level) {
    preset("org.slf4j.simpleLogger." + logger, level);
  }

  private static void preset(String key, String value) {
    System.setProperty(key, System.getProperty(key, value));
  }

  /** The whole command line, as tests run it too. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setExecutionExceptionHandler(Main::failed);
    line.setParameterExceptionHandler(Main::misused);
    line.setUsageHelpAutoWidth(true);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(int.class, text -> number(text, "a whole number", Integer::valueOf));
    line.registerConverter(Integer.class, text -> number(text, "a whole number", Integer::valueOf));
    line.registerConverter(long.class, text -> number(text, "a whole number", Long::valueOf));
    line.registerConverter(double.class, text -> number(text, "a number", Double::valueOf));
    line.registerConverter(Double.class, text -> number(text, "a number", Double::valueOf));
    for (CommandLine command : line.getSubcommands().values()) {
      if (command.getCommand() instanceof HelpCommand) {
        continue; // has these options itself
      }
      command.getCommandSpec().mixinStandardHelpOptions(true);
      command.getCommandSpec().versionProvider(new Version());
    }
    return line;
  }

  private static <T> T number(String text, String kind, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (NumberFormatException e) {
      boolean digits = text.matches("[+-]?\\d+");
      throw new TypeConversionException(
          "'" + text + (digits ? "' is too large a number" : "' is not " + kind));
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which command: --help lists them");
  }

  private static int failed(Exception e, CommandLine line, ParseResult result) {
    PrintWriter err = line.getErr();
    String message =
        e.getMessage() == null || e.getMessage().isBlank()
            ? e.getClass().getName()
            : e.getMessage();
    err.println("mptcp-lab: " + oneLine(message));
    if (e instanceof LabException failure) {
      return failure.exitCode();
    }
    if (Boolean.getBoolean("mptcp.lab.trace")) {
      e.printStackTrace(err);
    }
    return LabException.FAILED;
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    line.getErr().println("mptcp-lab: " + oneLine(mistake(e)));
    UnmatchedArgumentException.printSuggestions(e, line.getErr());
    return LabException.USAGE;
  }

  private static String mistake(ParameterException e) {
    boolean atCommand = e.getCommandLine().getParent() == null;
    if (atCommand
        && e instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()) {
      return unmatched.getUnmatched().get(0) + " is no command: --help lists them";
    }
    return e.getMessage();
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** The version of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"mptcp-lab " + (version == null ? "development" : version)};
    }
  }
}
