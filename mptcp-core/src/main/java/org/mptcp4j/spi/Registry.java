package org.mptcp4j.spi;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/**
 * The implementations of one interface, by their names: those this library comes with, and those
 * that jars on the class path name in {@code META-INF/services}. The class path is searched once,
 * at the first question; afterwards the answers stay the same. Any thread may ask.
 *
 * <p>An implementation that comes in a jar has a public constructor without parameters, or as a
 * named module a {@code provider} method, and is made once: all that use its name share it.
 *
 * @param <T> the interface
 */
public final class Registry<T extends Named> {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  private final String kind;
  private final Class<T> service;
  private final List<T> builtIn;
  private Map<String, T> found = Map.of(); // empty until the class path was searched

  /**
   * Makes one.
   *
   * @param kind what is named, for messages: {@code "scheduler"}
   * @param service the interface, as {@code META-INF/services} has it
   * @param builtIn what this library comes with, at least one, in the order to show
   */
  public Registry(String kind, Class<T> service, List<T> builtIn) {
    this.kind = Objects.requireNonNull(kind, "kind");
    this.service = Objects.requireNonNull(service, "service");
    this.builtIn = List.copyOf(builtIn);
    if (builtIn.isEmpty()) {
      throw new IllegalArgumentException("no " + kind + " is built in: name at least one");
    }
  }

  /**
   * All names, those of this library first.
   *
   * @throws IllegalStateException when two implementations have one name, or one has no proper name
   * @throws java.util.ServiceConfigurationError when a jar names a class that cannot be made
   */
  public List<String> names() {
    return List.copyOf(found().keySet());
  }

  /**
   * The implementation of that name.
   *
   * @throws IllegalArgumentException when there is none; the message lists those there are
   * @throws IllegalStateException when two implementations have one name, or one has no proper name
   * @throws java.util.ServiceConfigurationError when a jar names a class that cannot be made
   */
  public T byName(String name) {
    T known = found().get(Objects.requireNonNull(name, "name"));
    if (known == null) {
      throw new IllegalArgumentException(
          "unknown " + kind + " '" + name + "': choose one of " + found().keySet());
    }
    return known;
  }

  private synchronized Map<String, T> found() {
    if (found.isEmpty()) {
      Map<String, T> all = new LinkedHashMap<>();
      builtIn.forEach(one -> add(all, one));
      fromClassPath().forEach(one -> add(all, one));
      found = Collections.unmodifiableMap(all);
    }
    return found;
  }

  /**
   * By the class loader of this library and, where that is another one, by the one that the thread
   * prefers: an application server loads the library and its applications by different ones.
   */
  private List<T> fromClassPath() {
    Map<Class<?>, T> byClass = new LinkedHashMap<>();
    ServiceLoader.load(service, service.getClassLoader())
        .forEach(one -> byClass.put(one.getClass(), one));
    ServiceLoader.load(service).forEach(one -> byClass.putIfAbsent(one.getClass(), one));
    Collection<T> all = byClass.values();
    List<T> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparing(one -> String.valueOf(one.name())));
    return sorted;
  }

  private void add(Map<String, T> all, T one) {
    String name = one.name();
    if (name == null || !NAME.matcher(name).matches()) {
      throw new IllegalStateException(
          "the "
              + kind
              + " of "
              + one.getClass()
              + " is named '"
              + name
              + "': use lower-case letters, digits and hyphens");
    }
    T other = all.putIfAbsent(name, one);
    if (other != null) {
      throw new IllegalStateException(
          "two of kind "
              + kind
              + " are named '"
              + name
              + "', "
              + other.getClass()
              + " and "
              + one.getClass()
              + ": rename one; known are "
              + all.keySet());
    }
  }
}
