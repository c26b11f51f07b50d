package org.mptcp4j;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mptcp4j.api.AccurateEcnRules;
import org.mptcp4j.api.EcnMode;
import org.mptcp4j.api.KeepAlive;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.TcpOptions;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.api.Timeouts;
import org.mptcp4j.mib.Mib;

/** The package graph and the rules of a core without I/O, held against the compiled classes. */
class ArchitectureTest {

  private static final String ROOT = "org.mptcp4j.";

  /** What each package of the core may import of the others; this map is the package graph. */
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("link.packet", Set.of()),
          Map.entry("spi", Set.of()),
          Map.entry("mib", Set.of()),
          Map.entry("wire", Set.of("link.packet")),
          Map.entry("cc", Set.of("spi")),
          Map.entry("sched", Set.of("spi")),
          Map.entry("pm", Set.of("link.packet", "spi")),
          Map.entry("link", Set.of("link.packet", "wire")),
          Map.entry("link.sim", Set.of("link.packet", "wire", "link")),
          Map.entry("link.tun", Set.of("link.packet", "wire", "link")),
          Map.entry("link.pcap", Set.of("link.packet", "wire", "link")),
          Map.entry("info", Set.of("mib")),
          Map.entry("api", Set.of("link.packet", "wire", "info", "cc", "pm", "sched", "link")),
          Map.entry("link.host", Set.of("link.packet", "link", "link.tun", "api")),
          Map.entry("tcp", Set.of("link.packet", "wire", "info", "cc", "mib", "api")),
          Map.entry(
              "mptcp",
              Set.of("link.packet", "info", "wire", "mib", "api", "cc", "sched", "pm", "tcp")),
          Map.entry(
              "stack",
              Set.of(
                  "link.packet",
                  "wire",
                  "info",
                  "mib",
                  "api",
                  "cc",
                  "sched",
                  "pm",
                  "tcp",
                  "mptcp",
                  "link")));

  /** The packages in which time is an argument and randomness is given. */
  private static final String[] SANS_IO = {
    ROOT + "wire",
    ROOT + "spi",
    ROOT + "mib",
    ROOT + "info",
    ROOT + "cc",
    ROOT + "sched",
    ROOT + "pm",
    ROOT + "api",
    ROOT + "tcp",
    ROOT + "mptcp",
    ROOT + "stack",
    ROOT + "link",
    ROOT + "link.packet",
    ROOT + "link.sim"
  };

  private final JavaClasses core =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("org.mptcp4j");

  @TestFactory
  Iterable<DynamicTest> packagesImportOnlyWhatTheirLayerMay() {
    return MAY_IMPORT.entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> layer(e.getKey()).check(core)))
        .toList();
  }

  private static ArchRule layer(String name) {
    String[] allowed =
        Stream.concat(Stream.of(name), MAY_IMPORT.get(name).stream())
            .map(p -> ROOT + p)
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(ROOT + name)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(allowed).or(not(resideInAPackage("org.mptcp4j.."))))
        .allowEmptyShould(true);
  }

  @Test
  void everyPackageHasItsPlaceInTheGraph() {
    classes()
        .should()
        .resideInAnyPackage(MAY_IMPORT.keySet().stream().map(p -> ROOT + p).toArray(String[]::new))
        .check(core);
  }

  /** It is configured with what the application chose, and knows nothing else of it. */
  @Test
  void tcpKnowsTheApiByItsConfigurationOnly() {
    classes()
        .that()
        .resideInAPackage(ROOT + "tcp")
        .should()
        .onlyDependOnClassesThat(
            not(resideInAPackage(ROOT + "api"))
                .or(
                    belongToAnyOf(
                        TcpOptions.class,
                        TcpSocketOptions.class,
                        AccurateEcnRules.class,
                        AccurateEcnRules.OptionUse.class,
                        EcnMode.class,
                        Timeouts.class,
                        Limits.class,
                        KeepAlive.class)))
        .check(core);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.mptcp4j.(**)").should().beFreeOfCycles().check(core);
  }

  @Test
  void everyCounterIsCountedSomewhere() {
    assertThat(Mib.values())
        .allSatisfy(
            counter ->
                assertThat(core.get(Mib.class).getField(counter.name()).getAccessesToSelf())
                    .as(counter.name())
                    .anyMatch(access -> !access.getOriginOwner().isEquivalentTo(Mib.class)));
  }

  @Test
  void coreKnowsNoNettyBeyondBuffers() {
    noClasses().should().dependOnClassesThat().resideInAPackage("io.netty.channel..").check(core);
  }

  @Test
  void coreHasNoClock() {
    noClasses()
        .that()
        .resideInAnyPackage(SANS_IO)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Clock")
        .because("time is an argument: a run is reproduced by its seed")
        .check(core);
  }

  @Test
  void timeIsTheFirstArgument() {
    assertThat(core)
        .flatExtracting(type -> takingTime(type.reflect()))
        .hasSizeGreaterThan(300)
        .allSatisfy(verb -> assertThat(namesOfParameters(verb)).as("" + verb).startsWith("nowNs"));
  }

  private static List<Executable> takingTime(Class<?> type) {
    return Stream.<Executable>concat(
            Stream.of(type.getDeclaredMethods()), Stream.of(type.getDeclaredConstructors()))
        .filter(verb -> !verb.isSynthetic() && namesOfParameters(verb).contains("nowNs"))
        .toList();
  }

  private static List<String> namesOfParameters(Executable verb) {
    return Stream.of(verb.getParameters())
        .filter(parameter -> !parameter.isImplicit())
        .map(Parameter::getName)
        .toList();
  }

  @Test
  void coreHasNoThreads() {
    noClasses()
        .that()
        .resideInAnyPackage(SANS_IO)
        .should()
        .dependOnClassesThat(type(Thread.class).or(resideInAPackage("java.util.concurrent")))
        .because("a stack belongs to the one thread that calls it")
        .check(core);
  }

  @Test
  void coreHasNoRandomnessOfItsOwn() {
    noClasses()
        .that()
        .resideInAnyPackage(SANS_IO)
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Random.class)
        .orShould()
        .callConstructor(SplittableRandom.class)
        .orShould()
        .callMethod(Math.class, "random")
        .because("randomness is injected")
        .check(core);
  }
}
