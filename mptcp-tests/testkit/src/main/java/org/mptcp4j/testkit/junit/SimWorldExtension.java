package org.mptcp4j.testkit.junit;

import java.lang.annotation.Annotation;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.mptcp4j.testkit.SimWorld;
import org.opentest4j.TestAbortedException;

/**
 * Makes a {@link SimWorld} for each test that has a parameter of that type, and closes it
 * afterwards, which fails the test when a buffer leaked. When a test fails, its seed is printed,
 * and the captures of its stacks stay in {@code target/mptcp-captures} (or the directory that
 * {@code -Dmptcp.captures} names); the failure names both. {@link MptcpSimulation} is the short way
 * to have it.
 */
public final class SimWorldExtension implements ParameterResolver, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(SimWorldExtension.class);
  private static final String SEED = "seed";
  private static final String RUN = "run";
  private static final long DEFAULT_SEED = 1;

  /** Made by JUnit. */
  public SimWorldExtension() {}

  /** What {@code -Dmptcp.seed} says. */
  static OptionalLong chosenSeed() {
    String text = System.getProperty("mptcp.seed");
    if (text == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text.strip()));
    } catch (NumberFormatException e) {
      throw new ExtensionConfigurationException("mptcp.seed is '" + text + "', not a number", e);
    }
  }

  /** Chooses the seed of one invocation. */
  static void seed(ExtensionContext context, long seed) {
    context.getStore(NAMESPACE).put(SEED, seed);
  }

  /** A world in the constructor belongs to the test method that the instance is made for. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SimWorld.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          "a SimWorld belongs to one test: let the test or @BeforeEach have the parameter, and"
              + " where the constructor has it leave the life cycle per method");
    }
    ExtensionContext.Store store = context.getStore(NAMESPACE);
    return store
        .getOrComputeIfAbsent(RUN, key -> begin(context, store), SimulatedRun.class)
        .world();
  }

  private static SimulatedRun begin(ExtensionContext context, ExtensionContext.Store store) {
    Long given = store.get(SEED, Long.class);
    long seed = chosenSeed().orElseGet(() -> given != null ? given : annotatedSeed(context));
    long bytes =
        find(context, MptcpSimulation.class)
            .map(MptcpSimulation::captureBytes)
            .orElse(MptcpSimulation.DEFAULT_CAPTURE_BYTES);
    return SimulatedRun.begin(new SimWorld(seed), directory(context, seed), bytes);
  }

  private static long annotatedSeed(ExtensionContext context) {
    return find(context, Seed.class).map(Seed::value).orElse(DEFAULT_SEED);
  }

  /** Looks at the method, then at its class and the classes around that. */
  private static <A extends Annotation> Optional<A> find(ExtensionContext context, Class<A> type) {
    Optional<A> found = AnnotationSupport.findAnnotation(context.getTestMethod(), type);
    Class<?> in = context.getRequiredTestClass();
    while (found.isEmpty() && in != null) {
      found = AnnotationSupport.findAnnotation(in, type);
      in = in.getEnclosingClass();
    }
    return found;
  }

  private static Path directory(ExtensionContext context, long seed) {
    String name =
        context.getRequiredTestClass().getSimpleName()
            + "."
            + context.getRequiredTestMethod().getName()
            + "-seed-"
            + seed
            + repetition(context);
    return Path.of(System.getProperty("mptcp.captures", "target/mptcp-captures"), name);
  }

  /** Tells the invocations of a test with parameters from each other. */
  private static String repetition(ExtensionContext context) {
    String id = context.getUniqueId();
    int number = id.lastIndexOf('#');
    boolean repeated = number > 0 && id.endsWith("]") && id.indexOf('[', number) < 0;
    boolean bySeed = AnnotationSupport.isAnnotated(context.getTestMethod(), Seeds.class);
    return repeated && !bySeed ? "-" + id.substring(number + 1, id.length() - 1) : "";
  }

  @Override
  public void afterEach(ExtensionContext context) {
    SimulatedRun run = context.getStore(NAMESPACE).get(RUN, SimulatedRun.class);
    if (run == null) {
      return;
    }
    Throwable failure = context.getExecutionException().orElse(null);
    if (failure == null || failure instanceof TestAbortedException) {
      run.finish();
    } else {
      run.keep(failure);
    }
  }
}
