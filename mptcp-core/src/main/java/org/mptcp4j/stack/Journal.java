package org.mptcp4j.stack;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.mptcp4j.api.Activity;
import org.mptcp4j.api.Activity.By;
import org.mptcp4j.api.ActivityListener;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.mptcp.Connection;
import org.mptcp4j.mptcp.PathEvent;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.wire.RxSegment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every driver's stack tells what it does: a line in the log, and an event for who listens.
 * When neither is wanted it costs a comparison at things that are rare.
 */
final class Journal {
  /** Name of the logger. */
  static final String LOGGER = "org.mptcp4j.activity";

  /** Lines of a kind in a second, of those that a peer can cause. */
  private static final int PER_SECOND = 5;

  private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

  private final ActivityListener listener;
  private final Map<Class<?>, RateLimit> limits = new HashMap<>();
  private long nowNs;

  Journal(ActivityListener listener) {
    this.listener = listener;
  }

  /** What time it is from now on. */
  void now(long timeNs) {
    nowNs = timeNs;
  }

  /** Whether anybody wants to hear of the ordinary course of things. */
  private boolean details() {
    return listener != ActivityListener.NONE || LOG.isDebugEnabled();
  }

  /** Whether anybody wants to hear of what is unusual. */
  private boolean incidents() {
    return listener != ActivityListener.NONE || LOG.isInfoEnabled();
  }

  private void tell(Activity activity) {
    if (isLimited(activity) && !limit(activity.getClass()).allow(nowNs)) {
      return;
    }
    switch (activity.level()) {
      case DEBUG -> LOG.debug("{}", new Line(activity));
      case INFO -> LOG.info("{}", new Line(activity));
      case WARN -> LOG.warn("{}", new Line(activity));
    }
    listener.onActivity(activity);
  }

  private static boolean isLimited(Activity activity) {
    return activity.level() == Activity.Level.INFO && !(activity instanceof Activity.LinkUp);
  }

  private RateLimit limit(Class<?> kind) {
    return limits.computeIfAbsent(kind, any -> new RateLimit(PER_SECOND));
  }

  /** Makes the text when it is written. */
  private record Line(Activity activity) {
    @Override
    public String toString() {
      return activity.text();
    }
  }

  // ---- listeners

  void listening(InetSocketAddress local) {
    if (details()) {
      tell(new Activity.Listening(local));
    }
  }

  void listeningEnded(InetSocketAddress local) {
    if (details()) {
      tell(new Activity.ListeningEnded(local));
    }
  }

  // ---- connections

  void connecting(long id, Connection connection) {
    if (details()) {
      tell(new Activity.Connecting(of(id, connection)));
    }
  }

  void connected(long id, Connection connection) {
    if (details()) {
      tell(new Activity.Connected(of(id, connection), connection.protocol()));
    }
  }

  void accepted(long id, Connection connection) {
    if (details()) {
      tell(new Activity.Accepted(of(id, connection), connection.protocol()));
    }
  }

  void closed(long id, Connection connection, SocketError error) {
    if (details()) {
      tell(new Activity.Closed(of(id, connection), error));
    }
  }

  private static Activity.Of of(long id, Connection connection) {
    FourTuple t = connection.tuple();
    return new Activity.Of(
        id, t.local().withPort(t.localPort()), t.remote().withPort(t.remotePort()));
  }

  // ---- paths

  void path(long id, Connection connection, PathEvent event) {
    if (incidents() && (details() || isIncident(event))) {
      tell(activity(of(id, connection), event));
    }
  }

  private static boolean isIncident(PathEvent event) {
    return event instanceof PathEvent.ChecksumFailed
        || event instanceof PathEvent.JoinRefused
        || event instanceof PathEvent.FellBack;
  }

  private static Activity activity(Activity.Of of, PathEvent event) {
    if (event instanceof PathEvent.SubEstablished e) {
      return new Activity.SubflowUp(of, e.subflow().info());
    } else if (event instanceof PathEvent.SubClosed e) {
      return new Activity.SubflowDown(of, e.subflow().info(), e.subflow().closedBecause());
    } else if (event instanceof PathEvent.SubPriority e) {
      return new Activity.SubflowPriority(of, e.subflow().info());
    } else if (event instanceof PathEvent.SubStale e) {
      return new Activity.SubflowStale(of, e.subflow().info());
    } else if (event instanceof PathEvent.SubRecovered e) {
      return new Activity.SubflowRecovered(of, e.subflow().info());
    } else if (event instanceof PathEvent.ChecksumFailed e) {
      return new Activity.ChecksumFailed(of, e.subflow().info());
    } else if (event instanceof PathEvent.Announced e) {
      InetSocketAddress address = e.address().address().withPort(e.address().port());
      return new Activity.AddressAnnounced(of, By.PEER, e.address().id(), address);
    } else if (event instanceof PathEvent.Removed e) {
      return new Activity.AddressWithdrawn(of, By.PEER, e.address().id());
    } else if (event instanceof PathEvent.AnnouncedByUs e) {
      return new Activity.AddressAnnounced(of, By.US, e.id(), e.address().withPort(e.port()));
    } else if (event instanceof PathEvent.JoinRefused e) {
      SubflowInfo s = e.subflow().info();
      return new Activity.JoinRefused(s.local(), s.remote(), e.why().name());
    } else if (event instanceof PathEvent.FellBack e) {
      return new Activity.FellBack(of, e.reason());
    } else if (event instanceof PathEvent.RemovedByUs e) {
      return new Activity.AddressWithdrawn(of, By.US, e.id());
    }
    throw new IllegalArgumentException("no activity for " + event);
  }

  /**
   * A SYN with MP_JOIN was refused.
   *
   * @param why a word
   */
  void joinRefused(RxSegment syn, String why) {
    if (incidents()) {
      InetSocketAddress local = syn.dst().withPort(syn.dstPort());
      tell(new Activity.JoinRefused(local, syn.src().withPort(syn.srcPort()), why));
    }
  }

  // ---- the stack

  /** A limit of the stack was reached, which that counter counts. */
  void limitReached(String counter) {
    if (incidents()) {
      tell(new Activity.LimitReached(counter));
    }
  }

  void link(int linkIndex, LinkState state) {
    tell(
        state == LinkState.DOWN
            ? new Activity.LinkDown(linkIndex)
            : new Activity.LinkUp(linkIndex));
  }
}
