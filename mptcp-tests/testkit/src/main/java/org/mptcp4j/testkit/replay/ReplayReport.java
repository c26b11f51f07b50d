package org.mptcp4j.testkit.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;
import org.mptcp4j.testkit.segment.WireSegment;

/**
 * What a stack answered to a replayed capture, beside what the captured end did.
 *
 * <p>Two ends that follow the same RFCs send the same bytes and the same signals, but cut and
 * acknowledge as they like. Compared are therefore, for each flow: the bytes sent; how far the
 * other end's bytes were acknowledged in the end; and in their order the signals (SYN, FIN, RST,
 * DATA_FIN and every MPTCP option but the acknowledgements and mappings). Whoever wants more looks
 * at the segments.
 */
public final class ReplayReport {
  /** One flow. */
  public static final class Flow {
    private final String name;
    private final FlowSummary captured;
    private final FlowSummary answered;

    Flow(ReplayFlow flow) {
      name = flow.toString();
      captured = new FlowSummary(flow.captured().segments, flow, FlowSummary.Whose.CAPTURED);
      answered = new FlowSummary(flow.stack().segments, flow, FlowSummary.Whose.STACK);
    }

    /** What the captured end sent, with relative numbers. */
    public List<WireSegment> captured() {
      return captured.segments();
    }

    /** What the stack sent, with relative numbers. */
    public List<WireSegment> answered() {
      return answered.segments();
    }

    /** In what the stack differs, a line each. */
    public List<String> differences() {
      List<String> found = new ArrayList<>();
      if (!Arrays.equals(captured.bytes(), answered.bytes())) {
        found.add(
            name
                + ": the capture sent "
                + captured.bytesText()
                + ", the stack "
                + answered.bytesText());
      }
      if (captured.acknowledged() != answered.acknowledged()) {
        found.add(
            name
                + ": the capture acknowledged up to "
                + captured.acknowledged()
                + ", the stack up to "
                + answered.acknowledged());
      }
      if (!captured.signals().equals(answered.signals())) {
        found.add(
            name
                + ": the capture signalled "
                + captured.signals()
                + ", the stack "
                + answered.signals());
      }
      return found;
    }

    @Override
    public String toString() {
      StringJoiner text = new StringJoiner("\n  ").add(name);
      captured.segments().forEach(s -> text.add("captured " + s));
      answered.segments().forEach(s -> text.add("stack    " + s));
      return text.toString();
    }
  }

  private final List<Flow> flows;
  private final int sent;
  private final int unreadable;
  private final List<String> remarks;
  private final List<WireSegment> strangers;

  ReplayReport(
      List<ReplayFlow> flows,
      int sent,
      int unreadable,
      List<String> remarks,
      List<WireSegment> strangers) {
    this.flows = flows.stream().map(Flow::new).toList();
    this.sent = sent;
    this.unreadable = unreadable;
    this.remarks = List.copyOf(remarks);
    this.strangers = List.copyOf(strangers);
  }

  /** The flows of the capture, in their order. */
  public List<Flow> flows() {
    return flows;
  }

  /** How many segments were sent to the stack. */
  public int sent() {
    return sent;
  }

  /** How many frames of the capture are no whole TCP segments. */
  public int unreadable() {
    return unreadable;
  }

  /** Segments that were left out, or sent before the stack was so far; a line each. */
  public List<String> remarks() {
    return remarks;
  }

  /** What the stack sent that belongs to no flow of the capture, such as joins of its own. */
  public List<WireSegment> strangers() {
    return strangers;
  }

  /** In what the stack differs from the captured end, a line each; empty when in nothing. */
  public List<String> differences() {
    List<String> all = new ArrayList<>();
    flows.forEach(f -> all.addAll(f.differences()));
    strangers.forEach(s -> all.add("the stack sent, and the capture did not: " + s));
    return Collections.unmodifiableList(all);
  }

  /** Everything: segments of both, remarks and differences. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner("\n");
    text.add(sent + " segments replayed, " + unreadable + " frames could not be");
    flows.forEach(f -> text.add(f.toString()));
    remarks.forEach(text::add);
    differences().forEach(text::add);
    return text.toString();
  }
}
