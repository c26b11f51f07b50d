package org.mptcp4j.mptcp;

import java.util.List;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathNews;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.RxSegment;

/**
 * What carries the data of a {@link MetaSock}. A connection has one at a time: {@link Opening}
 * while the peer's choice is not known, then {@link MptcpCb} or {@link PlainTransport}. It decides
 * what concerns its flows and says what the connection must do.
 */
sealed interface Transport extends RoundTrip permits Opening, PlainTransport, MptcpCb {
  /** How long an application may take to write again. */
  long TURN_NS = 10_000_000;

  /** Flows that live, in order of creation. */
  List<? extends Flow> flows();

  /** The same with the first of an MPTCP connection, also when that is over. */
  default List<? extends Flow> connectionList() {
    return flows();
  }

  /** The peer's SYN was enough: data may flow, what it carries first. RFC 7413 section 4.2.2. */
  default void openedEarly() {
    throw new IllegalStateException("not a transport that a SYN makes");
  }

  // ---- a segment, in this order

  /**
   * TCP has dealt with a segment: what that, and its options, call for.
   *
   * @param verdict what TCP made of it
   * @param notices bits of {@link org.mptcp4j.tcp.TcpNotice}
   */
  Decision onSegment(long nowNs, Flow flow, RxSegment segment, SegmentVerdict verdict, int notices);

  /** Takes the data that is in order on a flow. */
  Decision drain(long nowNs, Flow flow);

  /**
   * What TCP noticed.
   *
   * @param notices bits of {@link org.mptcp4j.tcp.TcpNotice}
   */
  Decision afterTcp(long nowNs, Flow flow, int notices);

  // ---- sending

  /** A flow has to be told that the window has grown. */
  void tellWindow();

  /** Hands what may leave to flows. */
  default void push(long nowNs) {
    // Nothing may leave before the handshake is over.
  }

  /** Whether something that left before waits to leave on another flow. */
  default boolean isReinjecting() {
    return false;
  }

  /**
   * Whether it may be said that the application has ended its stream: not before it is known
   * whether that is in order, or there was data that nobody reads.
   */
  default boolean mayEnd() {
    return true;
  }

  /** From now on another scheduler decides what leaves where. */
  default void scheduler(Scheduler chosen) {
    // There is nothing to choose from.
  }

  /** From now on its flows, those to come included, have another congestion control. */
  default void congestionControl(CongestionControlFactory chosen) {
    flows().forEach(flow -> flow.tcp().congestionControl(chosen));
  }

  /** Whether a segment is to be treated as if it were lost, whatever TCP would make of it. */
  default boolean refuses(Flow flow, RxSegment segment) {
    return flow.refuses(segment);
  }

  /** All that was written has left: the end of it follows. */
  void sendFin();

  /** Brings path management up to date; cheap when nothing changed. */
  default void settle(long nowNs) {
    // There is one path.
  }

  /** Timers of the transport as a whole, after what was sent. */
  default void updateTimers(long nowNs) {
    // TCP's timers are those of its socket.
  }

  /** Bytes that wait or are to come until nothing is left of what the peer calls urgent. */
  default long urgentBytes() {
    return 0;
  }

  /** Bytes that flows were given and have not sent. */
  default long unsentBytes() {
    long bytes = 0;
    List<? extends Flow> flows = flows();
    for (int i = 0; i < flows.size(); i++) {
      bytes += flows.get(i).tcp().unsentBytes();
    }
    return bytes;
  }

  /** What its flows get through in a round trip and a little more, the turn of an application. */
  default long passingBytes() {
    long bytes = 0;
    List<? extends Flow> flows = flows();
    for (int i = 0; i < flows.size(); i++) {
      TcpSock tcp = flows.get(i).tcp();
      long cwnd = tcp.cwndBytes();
      bytes += cwnd + cwnd * TURN_NS / Math.max(1, tcp.srttNs());
    }
    return bytes;
  }

  // ---- time

  /** Earliest deadline of its flows, {@link Long#MAX_VALUE} for none. */
  default long nextTimeoutNs() {
    long next = Long.MAX_VALUE;
    List<? extends Flow> flows = flows();
    for (int i = 0; i < flows.size(); i++) {
      next = Math.min(next, flows.get(i).deadlineNs());
    }
    return next;
  }

  /** Timers of a flow that are not TCP's. */
  default Decision onTimeout(long nowNs, Flow flow) {
    return Decision.NONE;
  }

  /** Timers of the transport as a whole. */
  default Decision onTimeout(long nowNs) {
    return Decision.NONE;
  }

  // ---- what happens outside

  /** The peer of a flow cannot be reached, which has not been connected yet. */
  default Decision unreachable(CloseReason why) {
    return Decision.after(why);
  }

  /** A link went down. */
  default void linkDown(int linkIndex) {
    for (Flow flow : flows()) {
      if (flow.linkIndex() == linkIndex) {
        flow.linkDown(true);
      }
    }
  }

  /** A link came up. */
  default void linkUp(long nowNs, int linkIndex) {
    for (Flow flow : flows()) {
      if (flow.linkIndex() == linkIndex) {
        flow.linkDown(false);
        flow.tcp().pathRestored(nowNs);
      }
    }
  }

  /** This host gained an address. */
  default void localAddressAdded(LocalAddress address) {
    // One flow has one address.
  }

  /** This host lost an address. */
  default void localAddressGone(LocalAddress address) {
    // TCP's own timers find out.
  }

  /**
   * What the application may do with its paths.
   *
   * @param what it wants, for the message
   * @throws MptcpException that says why that is not possible
   */
  Paths paths(String what) throws MptcpException;

  /** Tells the path manager what who configured it says. */
  default void news(PathNews news) {
    // There is none.
  }

  // ---- the end

  /** A flow is closed and has nothing more to send. */
  Decision remove(Flow flow);

  /** The connection is over: all flows close. */
  default void closeAll(CloseReason why) {
    flows().forEach(flow -> flow.close(why));
  }

  /** Why a connection fails that no flow is left of. */
  default SocketError withoutFlows() {
    return SocketError.ETIMEDOUT;
  }

  /** The connection is over; what is left are flows that close. */
  default void over() {
    // Nothing but the flows.
  }

  // ---- views

  /** What was agreed with the peer, as far as this transport knows. */
  Protocol protocol();

  /** What the ends agreed on. */
  default Agreement agreement() {
    return Agreement.NONE;
  }
}
