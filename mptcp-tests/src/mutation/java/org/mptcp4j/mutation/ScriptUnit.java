package org.mptcp4j.mutation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.mptcp4j.testkit.packetdrill.IpVersion;
import org.mptcp4j.testkit.packetdrill.PacketdrillResult;
import org.mptcp4j.testkit.packetdrill.PacketdrillScript;
import org.pitest.testapi.AbstractTestUnit;
import org.pitest.testapi.Description;
import org.pitest.testapi.ResultCollector;
import org.pitest.testapi.TestUnitExecutionListener;

/** One script as a test of PIT. */
final class ScriptUnit extends AbstractTestUnit {
  private final PacketdrillScript script;

  ScriptUnit(String name, Path file, IpVersion family) {
    super(new Description(name, ScriptUnits.Scripts.class));
    try {
      script = PacketdrillScript.of(file).ipVersion(family);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void measure(TestUnitExecutionListener coverage) {
    coverage.executionStarted(getDescription());
    PacketdrillResult result = script.run();
    coverage.executionFinished(
        getDescription(), result.passed(), result.passed() ? null : failure(result));
  }

  @Override
  public void execute(ResultCollector collector) {
    collector.notifyStart(getDescription());
    try {
      PacketdrillResult result = script.run();
      if (result.passed()) {
        collector.notifyEnd(getDescription());
      } else {
        collector.notifyEnd(getDescription(), failure(result));
      }
    } catch (RuntimeException | Error e) {
      collector.notifyEnd(getDescription(), e);
    }
  }

  private static Throwable failure(PacketdrillResult result) {
    return new AssertionError(result.toString());
  }
}
