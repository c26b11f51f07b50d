package org.mptcp4j.lab.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.mptcp4j.lab.chart.FlameGraph.Frame;
import org.mptcp4j.lab.chart.FlameGraph.Kind;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class FlameGraphTest {
  private static final Frame LOOP = new Frame("loop", Kind.THREAD);
  private static final Frame READ = new Frame("Tun.<read>", Kind.JAVA);
  private static final Frame COPY = new Frame("copy_to_user", Kind.KERNEL);

  private final FlameGraph graph = new FlameGraph("title", "subtitle");

  private Element frame(String title) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    NodeList rects =
        factory
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(graph.svg())))
            .getElementsByTagName("rect");
    for (int i = 0; i < rects.getLength(); i++) {
      if (rects.item(i).getTextContent().startsWith(title + ":")) {
        return (Element) rects.item(i);
      }
    }
    throw new AssertionError("no frame " + title);
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  @Test
  void aFrameIsAsWideAsItsShareAndLiesOnItsCaller() throws Exception {
    graph.add(List.of(LOOP, READ), 1);
    graph.add(List.of(LOOP, READ, COPY), 3);
    graph.add(List.of(new Frame("other", Kind.THREAD)), 4);
    assertThat(graph.samples()).isEqualTo(8);
    assertThat(frame("all").getTextContent()).isEqualTo("all: 100.0 %");
    assertThat(frame("loop").getTextContent()).isEqualTo("loop: 50.0 %");
    assertThat(frame("copy_to_user").getTextContent()).isEqualTo("copy_to_user: 37.5 %");
    assertThat(number(frame("loop"), "width")).isEqualTo(number(frame("other"), "width"));
    assertThat(number(frame("Tun.<read>"), "x")).isEqualTo(number(frame("loop"), "x"));
    assertThat(number(frame("Tun.<read>"), "y")).isLessThan(number(frame("loop"), "y"));
    assertThat(frame("copy_to_user").getAttribute("class"))
        .isNotEqualTo(frame("Tun.<read>").getAttribute("class"));
  }

  @Test
  void whatCannotBeSeenIsLeftOut() {
    graph.add(List.of(LOOP), 100_000);
    graph.add(List.of(READ), 1);
    assertThat(graph.svg()).contains("loop").doesNotContain("Tun.");
  }

  @Test
  void withoutSamplesThereIsStillADrawing() throws Exception {
    assertThat(frame("all").getTextContent()).isEqualTo("all: 0.0 %");
  }

  @Test
  void namesAreShortenedToTheirFrame() {
    graph.add(List.of(new Frame("x".repeat(300), Kind.JAVA)), 1);
    assertThat(graph.svg()).contains(">" + "x".repeat(100)).contains("x\u2026</text>");
  }
}
