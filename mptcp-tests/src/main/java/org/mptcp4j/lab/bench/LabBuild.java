package org.mptcp4j.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.traffic.Digests;

/**
 * A build of this command line that can be started.
 *
 * @param name short, for the head of a column
 * @param description tells it from other builds of the same version
 * @param classPath what it is started from
 */
record LabBuild(String name, String description, String classPath) {
  static final String MAIN_CLASS = "org.mptcp4j.lab.Main";

  private static final int DIGEST_DIGITS = 12;

  /** The build that runs now. */
  static LabBuild own() {
    String classPath = System.getProperty("java.class.path");
    Path jar = Path.of(classPath.split(":")[0]);
    boolean isJar = !classPath.contains(":") && Files.isRegularFile(jar);
    return new LabBuild("this build", isJar ? describe(jar) : "class path", classPath);
  }

  /**
   * The build in a jar.
   *
   * @throws LabException when there is none; the message says what is there instead
   */
  static LabBuild of(Path jar) {
    if (!Files.isRegularFile(jar)) {
      throw LabException.usage(
          jar + (Files.exists(jar) ? " is no jar of mptcp-lab" : ": no such jar"));
    }
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      if (manifest == null
          || !MAIN_CLASS.equals(
              manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS))) {
        throw LabException.usage(jar + " is no jar of mptcp-lab: java -jar would not start it");
      }
    } catch (IOException e) {
      throw LabException.usage(jar + " is no jar of mptcp-lab: " + e.getMessage());
    }
    return new LabBuild(jar.getFileName().toString(), describe(jar), jar.toString());
  }

  private static String describe(Path jar) {
    try {
      byte[] digest = Digests.sha256().digest(Files.readAllBytes(jar));
      return jar + ", SHA-256 " + HexFormat.of().formatHex(digest).substring(0, DIGEST_DIGITS);
    } catch (IOException e) {
      throw LabException.failed("cannot read " + jar + ": " + e.getMessage(), e);
    }
  }
}
