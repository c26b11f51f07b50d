package org.mptcp4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/public-api.txt} lists what users can import, with a line for each member; what is
 * added, taken away or changed shows there. {@code -Dapi.write=true} writes it anew.
 */
class PublicApiTest {
  private static final Path LIST = Path.of("../docs/public-api.txt");

  private static final List<String> MODULES =
      List.of("mptcp-core", "mptcp-netty", "mptcp-tests/testkit");

  /** A line of a module declaration that exports a package to everybody. */
  private static final Pattern EXPORT = Pattern.compile("(?m)^ *exports ([\\w.]+);");

  private static final Set<String> OF_EVERY_OBJECT =
      Set.of("equals", "hashCode", "toString", "values", "valueOf");

  @Test
  void theListSaysWhatUsersCanImport() throws Exception {
    String generated = list();
    if (Boolean.getBoolean("api.write")) {
      Files.writeString(LIST, generated);
    }
    assertThat(LIST)
        .as("mvn test -Dtest=PublicApiTest -Dapi.write=true writes it anew")
        .hasContent(generated);
    assertThat(generated.lines().count()).isGreaterThan(500);
  }

  /** The API with what it reports and its counters, the parts that users plug in, and links. */
  @Test
  void theCoreExportsWhatUsersImport() throws IOException {
    assertThat(exports("mptcp-core"))
        .allMatch(
            name -> name.matches("org\\.mptcp4j\\.(api|info|mib|cc|sched|pm|spi|link(\\.\\w+)?)"),
            "for users");
  }

  @Test
  void whatUsersImportSaysWhatMayBeNull() throws Exception {
    for (String module : MODULES) {
      for (String exported : exports(module)) {
        Class<?> declaration = Class.forName(exported + ".package-info");
        assertThat(declaration).as(exported).hasAnnotation(NullMarked.class);
      }
    }
  }

  private static Set<String> exports(String module) throws IOException {
    Path declaration = Path.of("..", module, "src/main/java/module-info.java");
    return EXPORT
        .matcher(Files.readString(declaration))
        .results()
        .map(m -> m.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String list() throws Exception {
    StringBuilder out = new StringBuilder();
    for (String module : MODULES) {
      for (String exported : exports(module)) {
        out.append(exported).append('\n');
        for (Class<?> type : publicTypes(exported)) {
          out.append("  ").append(head(type)).append('\n');
          members(type).forEach(m -> out.append("    ").append(m).append('\n'));
        }
      }
    }
    return out.toString();
  }

  private static List<Class<?>> publicTypes(String packageName) throws ClassNotFoundException {
    TreeMap<String, Class<?>> types = new TreeMap<>();
    ClassFileImporter importer = new ClassFileImporter().withImportOption(new DoNotIncludeTests());
    for (JavaClass found : importer.importPackages(packageName)) {
      if (found.getPackageName().equals(packageName)) {
        Class<?> type = Class.forName(found.getName(), false, PublicApiTest.class.getClassLoader());
        if (isPublic(type)) {
          types.put(name(type), type);
        }
      }
    }
    return List.copyOf(types.values());
  }

  private static boolean isPublic(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && !type.isAnonymousClass()
        && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
  }

  private static String head(Class<?> type) {
    String kind =
        type.isAnnotation()
            ? "@interface"
            : type.isInterface()
                ? "interface"
                : type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
    boolean open = kind.equals("class") && !Modifier.isFinal(type.getModifiers());
    return (open ? "open " : "") + kind + " " + name(type);
  }

  private static String name(Class<?> type) {
    return type.getDeclaringClass() == null
        ? type.getSimpleName()
        : name(type.getDeclaringClass()) + "." + type.getSimpleName();
  }

  private static List<String> members(Class<?> type) {
    Stream<String> fields =
        Arrays.stream(type.getDeclaredFields())
            .filter(f -> isVisible(f, type))
            .map(f -> modifiers(f) + simple(f.getGenericType()) + " " + f.getName());
    Stream<String> constructors =
        Arrays.stream(type.getDeclaredConstructors())
            .filter(c -> isVisible(c, type) && !type.isEnum())
            .map(c -> type.getSimpleName() + parameters(c));
    Stream<String> methods =
        Arrays.stream(type.getDeclaredMethods())
            .filter(m -> isVisible(m, type) && !OF_EVERY_OBJECT.contains(m.getName()))
            .map(m -> modifiers(m) + simple(m.getGenericReturnType()) + " " + call(m));
    return Stream.of(fields, constructors, methods).flatMap(s -> s.distinct().sorted()).toList();
  }

  private static boolean isVisible(Member member, Class<?> type) {
    boolean inherited =
        Modifier.isProtected(member.getModifiers()) && !Modifier.isFinal(type.getModifiers());
    return !member.isSynthetic() && (Modifier.isPublic(member.getModifiers()) || inherited);
  }

  private static String modifiers(Member member) {
    boolean inherited = Modifier.isProtected(member.getModifiers());
    return (inherited ? "protected " : "")
        + (Modifier.isStatic(member.getModifiers()) && !isConstantOfEnum(member) ? "static " : "");
  }

  private static boolean isConstantOfEnum(Member member) {
    return member instanceof Field field && field.isEnumConstant();
  }

  private static String call(Method method) {
    return method.getName() + parameters(method);
  }

  private static String parameters(Executable of) {
    Type[] types =
        of instanceof Constructor<?> c && c.getGenericParameterTypes().length == 0
            ? c.getParameterTypes()
            : of.getGenericParameterTypes();
    return Arrays.stream(types)
        .map(PublicApiTest::simple)
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private static String simple(Type type) {
    return type.getTypeName().replaceAll("[a-z][\\w]*\\.(?=[a-zA-Z])", "").replace('$', '.');
  }
}
