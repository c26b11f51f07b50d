package org.mptcp4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mptcp4j.SelfContained.Only;

/**
 * No package has a large knot: classes that all reach each other by references. A nested class
 * counts as its outer one, an interface with one implementation in its package as that.
 */
class KnotsTest {
  /** The largest knot that each package may have; 1 where a package is not named. */
  private static final Map<String, Integer> LARGEST =
      Map.ofEntries(
          Map.entry("mptcp", 4),
          Map.entry("stack", 6),
          Map.entry("wire", 14),
          Map.entry("link.sim", 7),
          Map.entry("link.tun", 5),
          Map.entry("tcp", 3),
          Map.entry("pm", 2),
          Map.entry("api", 2));

  private static final String SELF_CONTAINED = SelfContained.class.getName();

  private final JavaClasses core =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("org.mptcp4j");

  @TestFactory
  List<DynamicTest> noKnotIsLargerThan() {
    return core.stream().map(c -> c.getPackageName()).distinct().sorted().map(this::test).toList();
  }

  private DynamicTest test(String packageName) {
    String name = packageName.replaceFirst("org\\.mptcp4j\\.?", "");
    return DynamicTest.dynamicTest(
        name,
        () ->
            assertThat(largestKnot(packageName))
                .as("classes of %s that all reach each other", name)
                .hasSizeLessThanOrEqualTo(LARGEST.getOrDefault(name, 1)));
  }

  @Test
  void onlyTheConnectionKnowsTheConnection() {
    noClasses()
        .that()
        .resideInAPackage("org.mptcp4j.mptcp")
        .and()
        .doNotHaveSimpleName("Connection")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.mptcp4j.mptcp.Connection")
        .because("workers hold neither their owner nor the stack")
        .check(core);
  }

  private Set<String> largestKnot(String packageName) {
    Map<String, Set<String>> graph = graph(packageName);
    return graph.keySet().stream()
        .map(
            one ->
                reachable(graph, one).stream()
                    .filter(other -> other.equals(one) || reachable(graph, other).contains(one))
                    .collect(Collectors.toCollection(TreeSet::new)))
        .max(Comparator.comparingInt(Set::size))
        .orElseGet(TreeSet::new);
  }

  private Map<String, Set<String>> graph(String packageName) {
    Map<String, Set<String>> graph = new TreeMap<>();
    for (JavaClass from : core) {
      if (from.getPackageName().equals(packageName)) {
        Set<String> references = graph.computeIfAbsent(node(from), key -> new TreeSet<>());
        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
          JavaClass to = dependency.getTargetClass().getBaseComponentType();
          if (to.getPackageName().equals(packageName)) {
            references.add(node(to));
          }
        }
      }
    }
    return graph;
  }

  @Test
  void anInterfaceThatHoldsItsOnlyImplementationStandsForItself() {
    JavaClasses fixture = new ClassFileImporter().importClasses(SelfContained.class, Only.class);
    assertThat(fixture).hasSize(2).allSatisfy(c -> assertThat(node(c)).isEqualTo(SELF_CONTAINED));
  }

  private static String node(JavaClass one) {
    JavaClass outer = outermost(one);
    if (outer.isInterface() && outer.getSubclasses().size() == 1) {
      JavaClass only = outermost(outer.getSubclasses().iterator().next());
      boolean another = !only.equals(outer) && only.getPackageName().equals(outer.getPackageName());
      return another ? node(only) : outer.getName();
    }
    return outer.getName();
  }

  private static JavaClass outermost(JavaClass one) {
    return one.getEnclosingClass().map(KnotsTest::outermost).orElse(one);
  }

  private static Set<String> reachable(Map<String, Set<String>> graph, String from) {
    Set<String> seen = new TreeSet<>();
    List<String> next = List.of(from);
    while (!next.isEmpty()) {
      next =
          next.stream()
              .flatMap(one -> graph.getOrDefault(one, Set.of()).stream())
              .filter(seen::add)
              .toList();
    }
    seen.add(from);
    return seen;
  }
}
