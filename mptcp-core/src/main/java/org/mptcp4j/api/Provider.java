package org.mptcp4j.api;

import java.util.ServiceLoader;

/**
 * Finds what does the things that this package only describes: it knows nothing of the stack's
 * packages. Each is looked up once.
 */
final class Provider {
  private static final ClassValue<ServiceLoader.Provider<?>> FOUND =
      new ClassValue<>() {
        @Override
        protected ServiceLoader.Provider<?> computeValue(Class<?> service) {
          return find(service);
        }
      };

  private Provider() {}

  /** A new object of the class that implements an interface of this package. */
  static <T> T newInstance(Class<T> service) {
    return service.cast(FOUND.get(service).get());
  }

  private static <T> ServiceLoader.Provider<T> find(Class<T> service) {
    return ServiceLoader.load(service, Provider.class.getClassLoader()).stream()
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "nothing implements "
                        + service.getName()
                        + ": keep META-INF/services of mptcp-core in the jar that you run"));
  }
}
