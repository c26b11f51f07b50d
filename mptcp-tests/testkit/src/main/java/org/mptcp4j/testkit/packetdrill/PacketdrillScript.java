package org.mptcp4j.testkit.packetdrill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.mptcp4j.testkit.LeakChecker;

/**
 * A script, ready to be run any number of times. A run takes milliseconds: its time is virtual. It
 * never throws; what goes wrong is in the {@link PacketdrillResult}.
 */
public final class PacketdrillScript {
  private final String name;
  private final String text;
  private final Path directory;
  private final Map<String, String> definitions = new HashMap<>();
  private IpVersion version = IpVersion.IPV4;

  private PacketdrillScript(String name, String text, Path directory) {
    this.name = name;
    this.text = text;
    this.directory = directory;
  }

  /**
   * Reads a script.
   *
   * @param file where it is; shell scripts that it calls are looked for beside it
   * @throws IOException when it cannot be read
   */
  public static PacketdrillScript of(Path file) throws IOException {
    Path parent = Optional.ofNullable(file.getParent()).orElse(Path.of("."));
    return new PacketdrillScript(file.toString(), Files.readString(file), parent);
  }

  /**
   * Takes a script from a string.
   *
   * @param name what messages call it
   * @param text the script
   */
  public static PacketdrillScript of(String name, String text) {
    return new PacketdrillScript(name, text, Path.of("."));
  }

  /**
   * Chooses the address family. Default: IPv4, unless the script says something else.
   *
   * @param family the family
   * @return this script
   */
  public PacketdrillScript ipVersion(IpVersion family) {
    version = family;
    return this;
  }

  /**
   * Defines a name, as packetdrill's {@code -D NAME=value} does.
   *
   * @param symbol a name that the script uses
   * @param value what stands for it
   * @return this script
   */
  public PacketdrillScript define(String symbol, String value) {
    definitions.put(symbol, value);
    return this;
  }

  /**
   * Runs it against a new stack.
   *
   * @return how it ended
   */
  public PacketdrillResult run() {
    LeakChecker leaks = new LeakChecker();
    Optional<ScriptRun> run = Optional.empty();
    try {
      Map<String, String> symbols = new HashMap<>(version.definitions());
      symbols.putAll(definitions);
      Script script = ScriptParser.parse(name, text, symbols);
      if (script.events().isEmpty()) {
        throw ScriptException.malformed(new Place(name, 1, 1), "a script without events");
      }
      run = Optional.of(new ScriptRun(script, version, directory, leaks.allocator()));
      run.get().run();
    } catch (ScriptException e) {
      long elapsed = run.map(ScriptRun::elapsedNs).orElse(0L);
      return PacketdrillResult.ended(name, e, elapsed);
    } catch (RuntimeException e) {
      Place place = run.map(ScriptRun::place).orElse(new Place(name, 1, 1));
      long elapsed = run.map(ScriptRun::elapsedNs).orElse(0L);
      return PacketdrillResult.ended(name, ScriptException.failed(place, "threw " + e), elapsed);
    } finally {
      run.ifPresent(ScriptRun::close);
    }
    long elapsed = run.get().elapsedNs();
    if (leaks.outstandingBytes() != 0) {
      String leaked = leaks.outstandingBytes() + " bytes of buffers were never released";
      return PacketdrillResult.ended(
          name, ScriptException.failed(new Place(name, 1, 1), leaked), elapsed);
    }
    return PacketdrillResult.passed(name, elapsed);
  }
}
