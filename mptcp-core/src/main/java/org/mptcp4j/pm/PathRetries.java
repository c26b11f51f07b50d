package org.mptcp4j.pm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.IpAddress;

/**
 * Paths of one connection that failed, and when each may be tried again. A path is a pair of
 * addresses, with the peer's port. Times in nanoseconds.
 */
final class PathRetries {
  /** Wait after the first failure; each further one doubles it. */
  static final long FIRST_NS = 1_000_000_000L;

  /** The longest wait; also how long a path has to work until its failures are forgotten. */
  static final long LONGEST_NS = 60_000_000_000L;

  /**
   * The longest wait where nothing answered. With the attempt itself, whose SYNs are at most 2 s
   * apart, a path that works again is found within 4 s.
   */
  static final long LONGEST_SILENT_NS = 2_000_000_000L;

  /**
   * After so many failures, some five minutes, a place that only the peer has named and that never
   * answered is asked as seldom as others: its host may know nothing of the connection.
   */
  static final int MOST_SEARCHES = 36;

  /** Paths remembered; what is not known then has to wait until one of them is forgotten. */
  static final int LIMIT = 256;

  private static final long NEVER = Long.MAX_VALUE;

  /** Failures after which the wait has reached its longest. */
  private static final int MOST_FAILURES = 6;

  /** When a path that failed is worth another try. */
  private enum Pace {
    SEARCH,
    BACK_OFF,
    SLOW,
    NEVER
  }

  private static final class Path {
    final IpAddress local;
    final IpAddress remote;
    final int remotePort;
    int failures;
    int searches; // for what never answered
    long failedNs;
    long dueNs;
    long upSinceNs = PathRetries.NEVER;

    Path(PmSubflow of) {
      this(of.local(), of.remote(), of.remotePort());
    }

    Path(IpAddress local, IpAddress remote, int remotePort) {
      this.local = local;
      this.remote = remote;
      this.remotePort = remotePort;
    }

    boolean is(IpAddress from, IpAddress to, int port) {
      return remotePort == port && local.equals(from) && remote.equals(to);
    }

    /** Another try is wanted; not more often than after a first failure. */
    void wanted(long nowNs) {
      dueNs = Math.min(dueNs, Math.max(nowNs, failedNs + FIRST_NS));
    }

    boolean hasWorked(long nowNs) {
      return upSinceNs != PathRetries.NEVER && nowNs - upSinceNs >= LONGEST_NS;
    }

    void failed(long nowNs, Pace pace) {
      failedNs = nowNs;
      if (hasWorked(nowNs)) {
        failures = 0;
      }
      upSinceNs = PathRetries.NEVER;
      if (pace == Pace.SLOW) {
        failures = MOST_FAILURES;
      }
      long longest = pace == Pace.SEARCH ? LONGEST_SILENT_NS : LONGEST_NS;
      dueNs =
          pace == Pace.NEVER ? PathRetries.NEVER : nowNs + Math.min(FIRST_NS << failures, longest);
      failures = Math.min(failures + 1, MOST_FAILURES);
    }
  }

  private final List<Path> paths = new ArrayList<>(2);
  private final Set<Integer> withdrawn = new HashSet<>(2); // subflows to an address that was
  private boolean ruined; // boxes were against all paths that there were
  private long triedNs = Long.MIN_VALUE;

  /**
   * Whether a path may be tried now, which has no subflow and is tried then. Where boxes ruin all
   * paths there is one at a time: RFC 8684 section 3.7 has a way on only for a single subflow.
   */
  boolean mayTry(PmView view, IpAddress local, RemoteAddress remote) {
    Path path = find(local, remote.address(), remote.port());
    if (path == null ? paths.size() >= LIMIT : path.dueNs > view.nowNs()) {
      return false;
    }
    if (staysRuined(view.nowNs()) && (triedNs == view.nowNs() || !view.subflows().isEmpty())) {
      return false;
    }
    triedNs = view.nowNs();
    return true;
  }

  /** Whether boxes are against all paths: until one has come up after a failure, and lasted. */
  private boolean staysRuined(long nowNs) {
    for (int i = 0; ruined && i < paths.size(); i++) {
      ruined = !paths.get(i).hasWorked(nowNs);
    }
    return ruined;
  }

  /** The peer withdrew an address: that its subflows end then says nothing about their paths. */
  void withdrawn(PmView view, int remoteId) {
    for (PmSubflow subflow : view.subflows()) {
      if (subflow.remoteId() == remoteId) {
        withdrawn.add(subflow.id());
      }
    }
  }

  /** A subflow is over, or was not established. */
  void failed(PmView view, PmSubflow subflow, SubflowEnd end) {
    if (withdrawn.remove(subflow.id()) || end.cause() == SubflowEnd.Cause.WITHDRAWN) {
      return;
    }
    Path path = find(subflow.local(), subflow.remote(), subflow.remotePort());
    boolean none = view.subflows().stream().noneMatch(PmSubflow::established);
    boolean last = none && isRuined(end);
    ruined |= last;
    path = path == null ? add(new Path(subflow)) : path;
    // Where no path is left one that is bad is better than nothing.
    Pace pace = last ? Pace.BACK_OFF : pace(end);
    if (pace == Pace.SEARCH && !mayBeSearched(path, subflow)) {
      pace = Pace.BACK_OFF;
    }
    path.failed(view.nowNs(), pace);
  }

  /** RFC 8684 section 5: nobody is to be bothered for long because a peer has named him. */
  private static boolean mayBeSearched(Path path, PmSubflow subflow) {
    boolean named = subflow.remoteId() != 0;
    boolean answered = subflow.srttNs() > 0;
    path.searches = answered ? 0 : Math.min(path.searches + 1, MOST_SEARCHES + 1);
    return !named || path.searches <= MOST_SEARCHES;
  }

  /** Whether something on the way is against the path, not the peer. */
  private static boolean isRuined(SubflowEnd end) {
    return end.cause() == SubflowEnd.Cause.PROTOCOL_ERROR
        || end.peerReset().filter(r -> r.reason() == PeerReset.MIDDLEBOX).isPresent();
  }

  /** A join could not even begin. */
  void notStarted(long nowNs, IpAddress local, RemoteAddress remote) {
    Path path = find(local, remote.address(), remote.port());
    (path == null ? add(new Path(local, remote.address(), remote.port())) : path)
        .failed(nowNs, Pace.BACK_OFF);
  }

  /** A subflow is established; whether that lasts will be seen. */
  void up(long nowNs, PmSubflow subflow) {
    Path path = find(subflow.local(), subflow.remote(), subflow.remotePort());
    if (path != null) {
      path.upSinceNs = nowNs;
      path.searches = 0;
    }
  }

  /** The peer announced an address again: paths to it may be tried, although they failed. */
  void announcedAgain(long nowNs, RemoteAddress remote) {
    for (Path path : paths) {
      if (path.remotePort == remote.port() && path.remote.equals(remote.address())) {
        path.wanted(nowNs);
      }
    }
  }

  private Path add(Path path) {
    paths.add(path);
    return path;
  }

  private @Nullable Path find(IpAddress local, IpAddress remote, int remotePort) {
    for (Path path : paths) {
      if (path.is(local, remote, remotePort)) {
        return path;
      }
    }
    return null;
  }

  /** When the next path may be tried; {@link Long#MAX_VALUE} when none waits for a time. */
  long nextNs(long nowNs) {
    boolean stays = staysRuined(nowNs);
    long next = NEVER;
    for (Path path : paths) {
      if (path.dueNs > nowNs) {
        next = Math.min(next, path.dueNs);
      }
      if (stays && path.upSinceNs != NEVER) {
        next = Math.min(next, path.upSinceNs + LONGEST_NS);
      }
    }
    return next;
  }

  /** Forgets paths of which an address is not there any more: they begin anew when it returns. */
  void retain(PmView view) {
    paths.removeIf(path -> !hasLocal(view, path) || !hasRemote(view, path));
  }

  /** Forgets what happened to paths from an address, which begin anew. */
  void forget(IpAddress local) {
    paths.removeIf(path -> path.local.equals(local));
    ruined = false; // of a path that is new nothing is known
  }

  boolean isEmpty() {
    return paths.isEmpty() && withdrawn.isEmpty();
  }

  private static boolean hasLocal(PmView view, Path path) {
    return view.localAddresses().stream().anyMatch(a -> a.address().equals(path.local));
  }

  private static boolean hasRemote(PmView view, Path path) {
    RemoteAddress first = view.initialRemote();
    return view.joinToInitialAllowed() && path.is(path.local, first.address(), first.port())
        || view.remoteAddresses().stream()
            .anyMatch(a -> path.is(path.local, a.address(), a.port()));
  }

  private static Pace pace(SubflowEnd end) {
    if (end.peerReset().isEmpty()) {
      return switch (end.cause()) {
        case ENDED -> Pace.NEVER; // not wanted any more
        case TIMED_OUT, UNREACHABLE -> Pace.SEARCH; // nobody was there who minds
        default -> Pace.BACK_OFF;
      };
    }
    PeerReset reset = end.peerReset().get();
    return switch (reset.reason()) {
      // Limits are in the nature of things not for ever, although some hosts say so.
      case PeerReset.LACK_OF_RESOURCES, PeerReset.PROHIBITED -> Pace.SLOW;
      // RFC 8684 section 3.6: SHOULD NOT try again when the condition is permanent; else the time
      // to wait depends on the reason.
      case PeerReset.UNACCEPTABLE_PERFORMANCE -> reset.isTransient() ? Pace.SLOW : Pace.NEVER;
      default -> reset.isTransient() ? Pace.BACK_OFF : Pace.NEVER;
    };
  }
}
