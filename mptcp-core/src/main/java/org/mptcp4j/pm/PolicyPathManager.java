package org.mptcp4j.pm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Paths as phones use them: the way of the first address of this host is the preferred one, for
 * example that of its WLAN, and the others cost something. The end that opened the connection
 * decides; the other announces as {@link DefaultPathManager} does. What failed is tried again as
 * there.
 */
public final class PolicyPathManager implements PathManager {
  /** What further paths are for. */
  public enum Policy {
    /**
     * Further paths are opened when no path works well any more, and closed when the preferred one
     * has been back for 10 s: make before break.
     */
    HANDOVER,
    /** Further paths are open as backups; the fastest one carries the data. */
    INTERACTIVE,
    /** All paths carry data. */
    AGGREGATE
  }

  private static final long S = 1_000_000_000L;

  /** How often paths are compared. */
  private static final long LOOK_NS = S;

  /** How long a path has to work until others are closed in its favour. */
  private static final long BACK_NS = 10 * S;

  /** A path fades when its round trip takes so many times the shortest, and longer than this. */
  private static final int FADED_TIMES = 4;

  private static final long FADED_NS = S / 2;

  /** A path is worth the change when another takes this much longer. */
  private static final long FASTER_NS = 10_000_000;

  private final Policy policy;
  private final DefaultPathManager paths = new DefaultPathManager();
  private final Set<Integer> spared = new HashSet<>(2); // closed, and to be opened when needed
  private long pathsWakeNs = Long.MAX_VALUE;
  private long shortestRttNs = Long.MAX_VALUE;
  private long backSinceNs = Long.MAX_VALUE;

  /**
   * Makes one for a connection.
   *
   * @param policy what further paths are for
   */
  public PolicyPathManager(Policy policy) {
    this.policy = Objects.requireNonNull(policy, "policy");
  }

  @Override
  public String name() {
    return name(policy);
  }

  /** The name of one with that policy. */
  static String name(Policy policy) {
    return "policy-" + policy.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void onEstablished(PmView view, PmCommands commands) {
    tell(view, commands, paths::onEstablished);
  }

  @Override
  public void onLocalAddress(PmView view, PmCommands commands, LocalAddress address) {
    tell(view, commands, (v, c) -> paths.onLocalAddress(v, c, address));
  }

  @Override
  public void onLocalAddressGone(PmView view, PmCommands commands, LocalAddress address) {
    tell(view, commands, (v, c) -> paths.onLocalAddressGone(v, c, address));
  }

  @Override
  public void onLinkUp(PmView view, PmCommands commands, int linkIndex) {
    tell(view, commands, (v, c) -> paths.onLinkUp(v, c, linkIndex));
  }

  @Override
  public void onLinkDown(PmView view, PmCommands commands, int linkIndex) {
    tell(view, commands, (v, c) -> paths.onLinkDown(v, c, linkIndex));
  }

  @Override
  public void onAddAddr(PmView view, PmCommands commands, RemoteAddress address) {
    tell(view, commands, (v, c) -> paths.onAddAddr(v, c, address));
  }

  @Override
  public void onAddAddrAgain(PmView view, PmCommands commands, RemoteAddress address) {
    tell(view, commands, (v, c) -> paths.onAddAddrAgain(v, c, address));
  }

  @Override
  public void onRemoveAddr(PmView view, PmCommands commands, int remoteId) {
    tell(view, commands, (v, c) -> paths.onRemoveAddr(v, c, remoteId));
  }

  @Override
  public void onSubflowUp(PmView view, PmCommands commands, PmSubflow subflow) {
    tell(view, commands, (v, c) -> paths.onSubflowUp(v, c, subflow));
  }

  @Override
  public void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow, SubflowEnd end) {
    if (spared.remove(subflow.id()) && end.cause() == SubflowEnd.Cause.ENDED) {
      tell(view, commands, paths::onSubflowsMissing); // no failure: the path may be needed again
    } else {
      tell(view, commands, (v, c) -> paths.onSubflowDown(v, c, subflow, end));
    }
  }

  @Override
  public void onSubflowStale(PmView view, PmCommands commands, PmSubflow subflow) {
    tell(view, commands, paths::onSubflowsMissing);
  }

  @Override
  public void onJoinNotStarted(
      PmView view, PmCommands commands, LocalAddress local, RemoteAddress remote) {
    tell(view, commands, (v, c) -> paths.onJoinNotStarted(v, c, local, remote));
  }

  @Override
  public void onTimeout(PmView view, PmCommands commands) {
    if (view.nowNs() >= pathsWakeNs) {
      pathsWakeNs = Long.MAX_VALUE;
      tell(view, commands, paths::onTimeout);
    } else {
      tell(view, commands, paths::onSubflowsMissing);
    }
  }

  /** What the default path manager is told, and does within this policy. */
  private interface Told {
    void tell(PmView view, PmCommands commands);
  }

  private void tell(PmView view, PmCommands commands, Told what) {
    what.tell(view, new Bounded(view, commands));
    boolean looks = !view.passive() && policy != Policy.AGGREGATE;
    if (looks) {
      look(view, commands);
    }
    commands.wakeAt(Math.min(pathsWakeNs, looks ? view.nowNs() + LOOK_NS : Long.MAX_VALUE));
  }

  private void look(PmView view, PmCommands commands) {
    if (policy == Policy.INTERACTIVE) {
      useFastest(view, commands);
    } else {
      closeSpare(view, commands);
    }
  }

  // ---- interactive

  private static void useFastest(PmView view, PmCommands commands) {
    Optional<PmSubflow> present =
        view.subflows().stream()
            .filter(s -> works(s) && s.localPriority() == Priority.NORMAL)
            .findFirst();
    PmSubflow best = present.orElse(null);
    for (PmSubflow s : view.subflows()) {
      if (works(s) && (best == null || s.srttNs() + FASTER_NS < best.srttNs())) {
        best = s;
      }
    }
    if (best == null) {
      return;
    }
    for (PmSubflow s : view.subflows()) {
      Priority wanted = s.id() == best.id() ? Priority.NORMAL : Priority.BACKUP;
      if (s.established() && s.localPriority() != wanted) {
        commands.setPriority(s.id(), wanted);
      }
    }
  }

  // ---- handover

  private static boolean works(PmSubflow s) {
    return s.established() && !s.stale();
  }

  private boolean worksWell(PmSubflow s) {
    boolean measured = s.srttNs() > 0;
    shortestRttNs = measured ? Math.min(shortestRttNs, s.srttNs()) : shortestRttNs;
    boolean faded = s.srttNs() > FADED_NS && s.srttNs() > FADED_TIMES * shortestRttNs;
    return works(s) && !faded;
  }

  /** Whether another path is wanted. */
  private boolean opensMore(PmView view) {
    if (policy != Policy.HANDOVER || view.passive()) {
      return true;
    }
    return view.subflows().stream().noneMatch(s -> worksWell(s) && hasLink(view, s));
  }

  private static boolean hasLink(PmView view, PmSubflow s) {
    return view.localAddresses().stream().anyMatch(a -> a.address().equals(s.local()));
  }

  /** Paths that are preferred less than one that works well go, when it has done so for a while. */
  private void closeSpare(PmView view, PmCommands commands) {
    List<PmSubflow> spare = spare(view);
    if (spare.isEmpty()) {
      backSinceNs = Long.MAX_VALUE;
      return;
    }
    backSinceNs = Math.min(backSinceNs, view.nowNs());
    if (view.nowNs() - backSinceNs >= BACK_NS) {
      for (PmSubflow s : spare) {
        spared.add(s.id());
        commands.close(s.id());
      }
    }
  }

  private List<PmSubflow> spare(PmView view) {
    List<PmSubflow> spare = new ArrayList<>();
    boolean works = false;
    for (LocalAddress local : view.localAddresses()) {
      for (PmSubflow s : view.subflows()) {
        if (s.local().equals(local.address())) {
          if (works) {
            spare.add(s);
          }
          works |= worksWell(s);
        }
      }
    }
    return spare;
  }

  /** The commands of the default path manager, as far as this policy carries them out. */
  private final class Bounded implements PmCommands {
    private final PmView view;
    private final PmCommands commands;

    Bounded(PmView view, PmCommands commands) {
      this.view = view;
      this.commands = commands;
    }

    @Override
    public void join(LocalAddress local, int localPort, RemoteAddress remote, Priority priority) {
      if (opensMore(view)) {
        Priority begins = policy == Policy.INTERACTIVE ? Priority.BACKUP : priority;
        commands.join(local, localPort, remote, begins);
      }
    }

    @Override
    public void announce(LocalAddress address, int port) {
      commands.announce(address, port);
    }

    @Override
    public void withdraw(List<Integer> addressIds) {
      commands.withdraw(addressIds);
    }

    @Override
    public void close(int subflowId) {
      commands.close(subflowId);
    }

    @Override
    public void reset(int subflowId, PeerReset why) {
      commands.reset(subflowId, why);
    }

    @Override
    public void wakeAt(long timeNs) {
      pathsWakeNs = timeNs;
    }

    @Override
    public void setPriority(int subflowId, Priority priority) {
      commands.setPriority(subflowId, priority);
    }
  }
}
