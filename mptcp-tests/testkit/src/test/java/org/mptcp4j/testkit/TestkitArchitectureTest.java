package org.mptcp4j.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the artifact asks of its users: the core, and JUnit or AssertJ where they want them. */
class TestkitArchitectureTest {
  private static final Pattern DEPENDENCY =
      Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);

  private final JavaClasses kit =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("org.mptcp4j.testkit");

  @Test
  void onlyTheirPackagesNeedJunitAndAssertj() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.mptcp4j.testkit.junit")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.junit..", "org.opentest4j..")
        .check(kit);
    noClasses()
        .that()
        .resideOutsideOfPackage("org.mptcp4j.testkit.assertj")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.assertj..")
        .check(kit);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.mptcp4j.(**)").should().beFreeOfCycles().check(kit);
  }

  @Test
  void theArtifactBringsTheCoreAlone() throws IOException {
    List<String> brought = new ArrayList<>();
    Matcher dependency = DEPENDENCY.matcher(Files.readString(Path.of("pom.xml")));
    while (dependency.find()) {
      String text = dependency.group(1);
      boolean stays = text.contains("<scope>test</scope>") || text.contains("<optional>true<");
      if (!stays) {
        brought.add(text.replaceAll("(?s).*<artifactId>(.*?)</artifactId>.*", "$1"));
      }
    }
    assertThat(brought).containsExactly("mptcp-core");
  }
}
