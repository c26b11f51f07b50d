package org.mptcp4j.mptcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mptcp4j.cc.CcGroup;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.tcp.TcpSock;

/**
 * {@code connection_list}: every subflow in order of creation, the meta socket not. The master is
 * at index 0 until the connection ends, also when it is closed; others leave when they are closed.
 * What there is to do is done for those that live. It is the group in which congestion controls see
 * each other.
 */
final class ConnectionList implements RoundTrip, CcGroup {
  /** How long another path may take to come up when a box ruined the last one. */
  private static final long INTERFERED_NS = 10_000_000_000L;

  private final MptcpTcpSock master;
  private List<MptcpTcpSock> live; // replaced by each change
  private int created = 1;
  private boolean shared; // another than the master may have carried data
  private int promises; // joins that the peer may have taken into use, shared or not
  private boolean interfered; // a box has ruined the one that carried data last
  private boolean optionsLost; // the peer has reset one because its data came without options

  ConnectionList(MptcpTcpSock master) {
    this.master = master;
    live = List.of(master);
    master.tcp().group(this);
  }

  /** {@code master_sk}: the first subflow. Its socket is CLOSED when it is over. */
  MptcpTcpSock master() {
    return master;
  }

  /** Number for the next subflow. */
  int nextId() {
    return created;
  }

  void add(MptcpTcpSock subflow) {
    live = size() == 1 ? List.of(live.get(0), subflow) : with(subflow);
    subflow.tcp().group(this);
    if (optionsLost) {
      subflow.options().tellMappings();
    }
    created++;
  }

  private List<MptcpTcpSock> with(MptcpTcpSock subflow) {
    List<MptcpTcpSock> more = new ArrayList<>(live);
    more.add(subflow);
    return List.copyOf(more);
  }

  /** A subflow is closed. */
  void remove(MptcpTcpSock subflow) {
    live = size() == 1 && get(0) == subflow ? List.of() : without(subflow);
    if (subflow.up() && !anyAsking()) {
      interfered = subflow.interfered();
    }
    if (subflow.refused()) {
      promises--;
    }
    if (subflow.lostOptions()) {
      optionsLost = true;
      live.forEach(s -> s.options().tellMappings());
    }
  }

  /**
   * How long a connection waits for a subflow when none is left. The application must soon hear of
   * it when nothing gets through any more.
   *
   * @param mostNs how long at most
   */
  long patienceNs(long mostNs) {
    return interfered ? Math.min(INTERFERED_NS, mostNs) : mostNs;
  }

  /** Mappings that are told on acknowledgements are told once more. */
  void tellMappingsAgain() {
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i).options().tellMappingsAgain()) {
        live.get(i).tcp().requestAck();
      }
    }
  }

  /** Whether the last one that carried data ended because of what stands on its way. */
  boolean interfered() {
    return interfered;
  }

  /** Whether the peer was asked if the connection may go on as TCP, and may still answer. */
  boolean anyAsking() {
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i).isAsking()) {
        return true;
      }
    }
    return false;
  }

  private List<MptcpTcpSock> without(MptcpTcpSock subflow) {
    List<MptcpTcpSock> fewer = new ArrayList<>(live);
    fewer.remove(subflow);
    return List.copyOf(fewer);
  }

  /** Number of those that live. */
  @Override
  public int size() {
    return live.size();
  }

  /** One of those that live. */
  MptcpTcpSock get(int index) {
    return live.get(index);
  }

  /** The socket of one of those that live. */
  @Override
  public TcpSock member(int index) {
    return live.get(index).tcp();
  }

  /** Subflows there ever were. */
  int created() {
    return created;
  }

  /** The live subflow that a flow is. */
  MptcpTcpSock of(Flow flow) {
    MptcpTcpSock subflow = (MptcpTcpSock) flow;
    assert live.contains(subflow) : "flow " + flow.id() + " is not in the connection list";
    return subflow;
  }

  /** The live subflow with that number. */
  Optional<MptcpTcpSock> byId(int id) {
    return live.stream().filter(s -> s.id() == id).findFirst();
  }

  /** Live subflows beside the master. */
  int joins() {
    return size() > 0 && get(0) == master ? size() - 1 : size();
  }

  /** Those beside the master that count: joins of the peer once they have proved who they are. */
  int beside() {
    return joins(Opener.US) + joins(Opener.PEER);
  }

  /** Those of them that one end opened. */
  int joins(Opener opener) {
    int count = 0;
    for (int i = 0; i < live.size(); i++) {
      SubflowState state = live.get(i).state();
      boolean counts = !state.isClosing() && state != SubflowState.JOIN_SYN_RECEIVED;
      count += counts && live.get(i) != master && opener(live.get(i)) == opener ? 1 : 0;
    }
    return count;
  }

  /**
   * Whether TCP has acknowledged all that was sent, on every subflow, and no options came with
   * that.
   */
  boolean allBare() {
    boolean any = false;
    for (int i = 0; i < live.size(); i++) {
      MptcpTcpSock s = live.get(i);
      if (s.up()) {
        if (!s.bare() || !s.options().tx().allArrived()) {
          return false;
        }
        any = true;
      }
    }
    return any;
  }

  /** The largest window that the peer told of last on one of them. */
  long widestSendWindow() {
    long widest = 0;
    for (int i = 0; i < live.size(); i++) {
      widest = Math.max(widest, live.get(i).tcp().sendWindowBytes());
    }
    return widest;
  }

  /** Subflows still in their handshake, master not counted. */
  int joining() {
    return joining(Opener.US) + joining(Opener.PEER);
  }

  /** Those of them that one end opened. */
  int joining(Opener opener) {
    int count = 0;
    for (int i = 0; i < live.size(); i++) {
      count += live.get(i).state().isJoining() && opener(live.get(i)) == opener ? 1 : 0;
    }
    return count;
  }

  private static Opener opener(MptcpTcpSock subflow) {
    return subflow.tcp().isPassive() ? Opener.PEER : Opener.US;
  }

  /** The address at this end of the subflows with that id, if there is one. */
  Optional<IpAddress> localAddress(int id) {
    return live.stream().filter(s -> s.localId() == id).map(s -> s.tuple().local()).findFirst();
  }

  /** Addresses of this end, beside the initial one, of subflows that it opened. */
  int localAddressesUsed() {
    return (int)
        live.stream()
            .filter(s -> s.options().isOurJoin() && s.localId() != 0)
            .mapToInt(MptcpTcpSock::localId)
            .distinct()
            .count();
  }

  /** The join of the peer whose third packet is missing for the longest time. */
  Optional<MptcpTcpSock> oldestHalfOpenJoin() {
    return live.stream().filter(s -> s.state() == SubflowState.JOIN_SYN_RECEIVED).findFirst();
  }

  /** The one of those that close that was opened first. */
  Optional<MptcpTcpSock> oldestClosing() {
    return live.stream().filter(s -> s.state().isClosing()).findFirst();
  }

  /** Whether bytes wait for their mapping on one of them. */
  boolean anyLacksMapping() {
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i).lacksMapping()) {
        return true;
      }
    }
    return false;
  }

  /** Whether one is left that could carry data, now or before. */
  boolean anyUp() {
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i).up()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether no subflow can carry data, and none waits for an acknowledgement, by whose timers it
   * would be seen that the path does not work.
   */
  boolean allIdleAndUnusable() {
    for (int i = 0; i < live.size(); i++) {
      MptcpTcpSock s = live.get(i);
      if (s.established() && !s.stale() || s.tcp().sndUna() != s.tcp().sndNxt()) {
        return false;
      }
    }
    return true;
  }

  /** Some subflow that can carry data, a regular one that works if there is one. */
  Optional<MptcpTcpSock> anyUsable() {
    MptcpTcpSock best = null;
    for (int i = 0; i < live.size(); i++) {
      MptcpTcpSock s = live.get(i);
      if (s.established() && (best == null || best.stale() || best.backup() && !s.stale())) {
        best = s;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Whether a subflow that can carry data is there beside one. */
  boolean usableBeside(MptcpTcpSock one) {
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i) != one && live.get(i).established()) {
        return true;
      }
    }
    return false;
  }

  /** Whether another subflow than one could carry data, now or before. */
  boolean upBeside(MptcpTcpSock one) {
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i) != one && live.get(i).up()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The third ACK of a join leaves. RFC 8684 section 3.2: with that the peer has a second subflow,
   * which this end has when the fourth arrives.
   */
  void promised() {
    promises++;
  }

  /** Another than the master may carry data from now on. */
  void joined() {
    shared = true;
  }

  /** Whether both ends know that there was another: neither falls back without being asked. */
  boolean isShared() {
    return shared;
  }

  /** Whether no other subflow carries data here, or ever did; joins under way do not count. */
  boolean isOnlyOne(MptcpTcpSock one) {
    return one == master && !shared && !upBeside(one);
  }

  /** Whether the peer cannot have had another subflow either, whatever has arrived there. */
  boolean isOnlyOneOfPeer(MptcpTcpSock one) {
    return promises == 0 && isOnlyOne(one);
  }

  /** Every subflow that can carry data, or could, sends an acknowledgement. */
  void requestAcks() {
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i).up()) {
        live.get(i).tcp().requestAck();
      }
    }
  }

  /** Each that can carry data tells the peer the window, which has grown. */
  void tellWindow() {
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i).established()) {
        live.get(i).tcp().requestAck();
      }
    }
  }

  /** Every subflow that can carry data asks its peer for a sign of life. */
  void requestProbes() {
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i).established()) {
        live.get(i).tcp().requestProbe();
      }
    }
  }

  /** When something came on one of them last; {@link Long#MIN_VALUE} where there is none. */
  long lastReceivedNs() {
    long last = Long.MIN_VALUE;
    for (int i = 0; i < live.size(); i++) {
      last = Math.max(last, live.get(i).tcp().lastReceivedNs());
    }
    return last;
  }

  /** All but one, which are joins under way, are aborted; they have their resets still to send. */
  List<MptcpTcpSock> abortBeside(MptcpTcpSock one) {
    List<MptcpTcpSock> joins = live.stream().filter(s -> s != one).toList();
    joins.forEach(s -> s.close(CloseReason.FALLBACK));
    return joins;
  }

  /** Whether the peer may still send on some subflow that could carry data. */
  boolean anyReceiving() {
    for (int i = 0; i < live.size(); i++) {
      if (live.get(i).up() && !live.get(i).tcp().finReceived()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public long pathRttNs() {
    long rtt = 0;
    for (int i = 0; i < live.size(); i++) {
      rtt = Math.max(rtt, live.get(i).tcp().pathRttNs());
    }
    return rtt;
  }

  /** The subflows that live now; later changes do not show. */
  List<MptcpTcpSock> live() {
    return live;
  }

  /** All of the list: the master, and the others that live. */
  List<MptcpTcpSock> all() {
    if (size() > joins()) {
      return live;
    }
    List<MptcpTcpSock> all = new ArrayList<>();
    all.add(master);
    all.addAll(live);
    return List.copyOf(all);
  }
}
