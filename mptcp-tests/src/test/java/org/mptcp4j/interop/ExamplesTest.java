package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples, as a reader of the README starts them. */
@Interop(programs = {"python3", "setpriv", "mount", "mknod"})
class ExamplesTest {
  private static final String CLIENT =
      """
      import socket, time
      end = time.time() + 30
      while True:
          s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
          try:
              s.connect(("10.9.1.2", 7))
              break
          except OSError:
              s.close()
              assert time.time() < end
              time.sleep(0.1)
      s.sendall(b"hello")
      s.shutdown(socket.SHUT_WR)
      answer = b""
      while piece := s.recv(100):
          answer += piece
      print(answer.decode())
      """;

  private Netns kernel;

  @BeforeEach
  void createNamespace() {
    kernel = Netns.create();
  }

  @AfterEach
  void deleteNamespace() {
    kernel.close();
  }

  private static String[] example(String name, List<String> before, String... arguments) {
    List<String> command = new ArrayList<>(before);
    command.addAll(Program.javaCommand("org.mptcp4j.examples." + name, arguments));
    return command.toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EchoServer", "PlainEchoServer"})
  void echoes(String name) {
    try (Program server = Program.start(kernel, example(name, List.of()));
        Program client = Program.start(kernel, "python3", "-c", CLIENT)) {
      assertThat(client.result(40)).as("%s", server).isEqualTo("hello");
    }
  }

  /** The administrator's commands are those of the page, word for word. */
  @ParameterizedTest
  @CsvSource({"EchoServer, netty.md", "PlainEchoServer, embedding.md"})
  void echoesAsAUserOnDevicesMadeByTheAdministrator(String name, String page) throws IOException {
    List<String> commands =
        Files.readAllLines(Path.of("../docs", page)).stream()
            .filter(line -> line.startsWith("    sudo ip "))
            .map(line -> line.substring("    sudo ".length()))
            .toList();
    assertThat(commands).first().asString().startsWith("ip tuntap add");
    kernel.run("sh", "-ec", String.join("\n", commands));
    for (int start = 0; start < 2; start++) {
      try (Program server = Program.start(kernel, example(name, Unprivileged.prefix()));
          Program client = Program.start(kernel, "python3", "-c", CLIENT)) {
        assertThat(client.result(40)).as("%s, start %d", server, start).isEqualTo("hello");
        assertThat(server.errors()).noneMatch(line -> line.contains("TUN device"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http:///file", "10.9.1.1/file", "file:/etc/hosts"})
  void aClientThatIsNotToldAHostSaysHowToUseIt(String uri) {
    String[] command = example("HttpClient", List.of(), uri, "mp0:10.9.1.2/24");
    try (Program program = Program.start(kernel, command)) {
      assertThat(program.exitCode(30)).as("%s", program).isEqualTo(2);
      assertThat(program.errors()).hasSize(1);
      assertThat(program.errors().get(0)).startsWith("usage: HttpClient URI");
    }
  }

  @Test
  void aServerThatIsNotToldAPortSaysHowToUseIt() {
    String[] command = example("HttpServer", List.of(), "mp0:10.9.1.2/24", "8080");
    try (Program program = Program.start(kernel, command)) {
      assertThat(program.exitCode(30)).as("%s", program).isEqualTo(2);
      assertThat(program.errors()).hasSize(1);
      assertThat(program.errors().get(0)).startsWith("usage: HttpServer PORT");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"EchoServer", "PlainEchoServer", "HttpServer", "HttpClient"})
  void withoutPermissionItIsOneLine(String name) {
    String first = name.equals("HttpClient") ? "http://10.9.1.1/" : "80";
    List<String> weak = List.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin");
    try (Program program = Program.start(kernel, example(name, weak, first, "mp0:10.9.1.2/24"))) {
      assertThat(program.exitCode(30)).as("%s", program).isEqualTo(1);
      assertThat(program.errors()).hasSize(1);
      assertThat(program.errors().get(0))
          .startsWith(name + ": no permission to create TUN device mp0");
    }
  }
}
