package org.mptcp4j.pm;

import java.util.List;
import java.util.function.Supplier;
import org.mptcp4j.pm.PolicyPathManager.Policy;
import org.mptcp4j.spi.Registry;

/** The path managers that can be chosen by name. */
public final class PathManagers {
  private record BuiltIn(String name, Supplier<PathManager> maker) implements PathManagerFactory {
    @Override
    public PathManager get() {
      return maker.get();
    }
  }

  private static final Registry<PathManagerFactory> ALL =
      new Registry<>(
          "path manager",
          PathManagerFactory.class,
          List.of(
              new BuiltIn("default", DefaultPathManager::new),
              new BuiltIn(ApplicationPathManager.NAME, () -> ApplicationPathManager.INSTANCE),
              new BuiltIn("fullmesh", FullMesh::new),
              new BuiltIn("ndiffports", NdiffPorts::new),
              policy(Policy.HANDOVER),
              policy(Policy.INTERACTIVE),
              policy(Policy.AGGREGATE),
              // Endpoints of its own for each connection: nobody could change them.
              new BuiltIn(KernelPathManager.NAME, () -> Endpoints.builder().build().get())));

  private PathManagers() {}

  private static BuiltIn policy(Policy policy) {
    return new BuiltIn(PolicyPathManager.name(policy), () -> new PolicyPathManager(policy));
  }

  /** The names {@link #byName} knows: those of this library, then those of the class path. */
  public static List<String> names() {
    return ALL.names();
  }

  /**
   * Finds what makes the path managers of a name.
   *
   * @param name a name of {@link #names()}
   * @throws IllegalArgumentException when there is none of that name; the message lists those there
   *     are
   */
  public static PathManagerFactory byName(String name) {
    return ALL.byName(name);
  }
}
