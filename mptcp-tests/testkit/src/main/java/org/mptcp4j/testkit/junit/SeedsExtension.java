package org.mptcp4j.testkit.junit;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Repeats a test over {@link Seeds}. */
final class SeedsExtension implements TestTemplateInvocationContextProvider {
  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getTestMethod(), Seeds.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    Seeds seeds =
        AnnotationSupport.findAnnotation(context.getTestMethod(), Seeds.class).orElseThrow();
    if (seeds.value() < 1) {
      throw new ExtensionConfigurationException("@Seeds needs 1 or more, not " + seeds.value());
    }
    OptionalLong chosen = SimWorldExtension.chosenSeed();
    LongStream all =
        chosen.isPresent()
            ? LongStream.of(chosen.getAsLong())
            : LongStream.range(seeds.first(), seeds.first() + seeds.value());
    return all.mapToObj(OneSeed::new);
  }

  private record OneSeed(long seed) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int invocationIndex) {
      return "seed " + seed;
    }

    @Override
    public void prepareInvocation(ExtensionContext context) {
      SimWorldExtension.seed(context, seed);
    }
  }
}
