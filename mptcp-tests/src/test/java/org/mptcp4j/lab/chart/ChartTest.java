package org.mptcp4j.lab.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.mptcp4j.lab.chart.SequenceTrace.Kind;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ChartTest {
  @Test
  void tellsRetransmissionFromReinjection() {
    SequenceTrace trace = new SequenceTrace();
    assertThat(trace.add("a", 0.0, 0, 1400)).isEqualTo(Kind.FIRST);
    assertThat(trace.add("b", 0.1, 1400, 1400)).isEqualTo(Kind.FIRST);
    assertThat(trace.add("a", 0.2, 0, 1400)).isEqualTo(Kind.RETRANSMITTED);
    assertThat(trace.add("b", 0.3, 0, 1400)).isEqualTo(Kind.REINJECTED);
    assertThat(trace.bytes("b", Kind.FIRST)).isEqualTo(1400);
    assertThat(trace.highest()).isEqualTo(2800);
  }

  @Test
  void sequenceChartIsWellFormedAndNamesEverySubflow() throws Exception {
    SequenceTrace trace = new SequenceTrace();
    for (int i = 0; i < 1000; i++) {
      trace.add("subflow " + i % 2 + " <&\">", i / 1000.0, i * 1400L, 1400);
    }
    String svg =
        new SequenceChart(trace, "A & B", "x < y", List.of(new SequenceChart.Event(0.5, "cut")))
            .svg();
    assertThat(parse(svg).getDocumentElement().getTextContent())
        .contains(
            "A & B",
            "subflow 0 <&\">",
            "subflow 1 <&\">",
            "time (s)",
            "data sequence (MiB)",
            "cut");
  }

  @Test
  void sizeOfTheDrawingDoesNotGrowWithTheTransfer() {
    SequenceTrace trace = new SequenceTrace();
    for (int i = 0; i < 200_000; i++) {
      trace.add("a", i / 1e5, i * 1400L, 1400);
    }
    assertThat(new SequenceChart(trace, "", "", List.of()).svg()).hasSizeLessThan(60_000);
  }

  @Test
  void anEmptyTraceIsAChartToo() throws Exception {
    assertThat(parse(new SequenceChart(new SequenceTrace(), "t", "s", List.of()).svg()))
        .isNotNull();
  }

  @Test
  void barChartIsWellFormed() throws Exception {
    BarChart chart = new BarChart("t", "s", "one", "two");
    chart.panel(
        "up", "Gb/s", new BarChart.Bar(57, 50, 60, "57"), new BarChart.Bar(30, 29, 31, "30"));
    assertThat(parse(chart.svg()).getDocumentElement().getTextContent())
        .contains("up", "Gb/s", "one", "two", "57");
  }

  private static Document parse(String svg) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
  }
}
