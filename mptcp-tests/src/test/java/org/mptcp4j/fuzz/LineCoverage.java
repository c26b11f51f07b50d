package org.mptcp4j.fuzz;

import com.code_intelligence.jazzer.third_party.org.jacoco.core.analysis.Analyzer;
import com.code_intelligence.jazzer.third_party.org.jacoco.core.analysis.CoverageBuilder;
import com.code_intelligence.jazzer.third_party.org.jacoco.core.analysis.IClassCoverage;
import com.code_intelligence.jazzer.third_party.org.jacoco.core.analysis.ICounter;
import com.code_intelligence.jazzer.third_party.org.jacoco.core.tools.ExecFileLoader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.mptcp4j.tcp.TcpSock;

/** The lines of the core that a run of the fuzzer has reached, of each package. */
final class LineCoverage {
  /** Lines and branches of a package. */
  private record Reached(int lines, int allLines, int branches, int allBranches) {
    Reached plus(IClassCoverage more) {
      ICounter line = more.getLineCounter();
      ICounter branch = more.getBranchCounter();
      return new Reached(
          lines + line.getCoveredCount(),
          allLines + line.getTotalCount(),
          branches + branch.getCoveredCount(),
          allBranches + branch.getTotalCount());
    }

    @Override
    public String toString() {
      return part(lines, allLines) + " of the lines, " + part(branches, allBranches) + " branches";
    }

    private static String part(int some, int all) {
      return "%d of %d (%d %%)".formatted(some, all, Math.round(100.0 * some / Math.max(1, all)));
    }
  }

  private LineCoverage() {}

  /** Prints what a run has noted. */
  static void print(Path execution) throws IOException {
    ExecFileLoader loader = new ExecFileLoader();
    loader.load(execution.toFile());
    CoverageBuilder builder = new CoverageBuilder();
    new Analyzer(loader.getExecutionDataStore(), builder).analyzeAll(core());
    Map<String, Reached> packages = new TreeMap<>();
    for (IClassCoverage c : builder.getClasses()) {
      Reached before = packages.getOrDefault(c.getPackageName(), new Reached(0, 0, 0, 0));
      packages.put(c.getPackageName(), before.plus(c));
    }
    packages.forEach(
        (name, reached) -> System.out.println(name.replace('/', '.') + ": " + reached));
  }

  /** Where the classes of the core are. */
  private static File core() {
    URI where;
    try {
      where = TcpSock.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    return new File(where);
  }
}
