package org.mptcp4j.api;

import java.net.InetSocketAddress;
import org.mptcp4j.info.FallbackReason;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.PacketText;

/**
 * Something that a stack did, or that happened to it, and is worth a line in a log. None of it is
 * about single packets. What a peer can cause as often as it likes ({@link Level#INFO}) is told at
 * most some times a second, each kind by itself.
 */
public sealed interface Activity {
  /** How important it is: the level of its line in the log. */
  enum Level {
    /** The ordinary course of things. */
    DEBUG,
    /** Unusual, and not dangerous. */
    INFO,
    /** Somebody should look after it. */
    WARN
  }

  /** Its level. */
  default Level level() {
    return Level.DEBUG;
  }

  /** It in one line. */
  String text();

  /**
   * Which connection it is about.
   *
   * @param id {@link MptcpSocket#id()}
   * @param local local end of the first subflow
   * @param remote its remote end
   */
  record Of(long id, InetSocketAddress local, InetSocketAddress remote) {
    @Override
    public String toString() {
      return "connection " + id + ' ' + end(local) + " > " + end(remote);
    }
  }

  private static String end(InetSocketAddress end) {
    return PacketText.endpoint(IpAddress.of(end.getAddress()), end.getPort());
  }

  private static String ends(SubflowInfo subflow) {
    return "subflow " + subflow.id() + ' ' + end(subflow.local()) + " > " + end(subflow.remote());
  }

  /** A server socket was opened. */
  record Listening(InetSocketAddress local) implements Activity {
    @Override
    public String text() {
      return "listening on " + end(local);
    }
  }

  /** A server socket was closed. */
  record ListeningEnded(InetSocketAddress local) implements Activity {
    @Override
    public String text() {
      return "no longer listening on " + end(local);
    }
  }

  /** A connection is being opened. */
  record Connecting(Of connection) implements Activity {
    @Override
    public String text() {
      return connection + ": connecting";
    }
  }

  /**
   * A connection is established, at the end that opened it.
   *
   * @param protocol what was agreed
   */
  record Connected(Of connection, Protocol protocol) implements Activity {
    @Override
    public String text() {
      return connection + ": connected, " + protocol;
    }
  }

  /**
   * A connection is established, at the end that listens; the application may not have taken it
   * yet.
   *
   * @param protocol what was agreed
   */
  record Accepted(Of connection, Protocol protocol) implements Activity {
    @Override
    public String text() {
      return connection + ": accepted, " + protocol;
    }
  }

  /**
   * A connection is over.
   *
   * @param error why; NONE after an orderly end
   */
  record Closed(Of connection, SocketError error) implements Activity {
    @Override
    public String text() {
      return connection + ": closed" + (error == SocketError.NONE ? "" : ", " + error);
    }
  }

  /** A subflow may carry data. */
  record SubflowUp(Of connection, SubflowInfo subflow) implements Activity {
    @Override
    public String text() {
      return connection + ": " + ends(subflow) + " up";
    }
  }

  /**
   * A subflow ended, or could not be established.
   *
   * @param reason a word for why this end closed it or how it died, such as {@code PEER_FIN},
   *     {@code WITHDRAWN}, {@code TIMED_OUT}
   */
  record SubflowDown(Of connection, SubflowInfo subflow, String reason) implements Activity {
    @Override
    public String text() {
      return connection + ": " + ends(subflow) + " down, " + reason;
    }
  }

  /** A subflow is silent: what it carries goes out on others. */
  record SubflowStale(Of connection, SubflowInfo subflow) implements Activity {
    @Override
    public String text() {
      return connection + ": " + ends(subflow) + " stale";
    }
  }

  /** A subflow that was silent works again. */
  record SubflowRecovered(Of connection, SubflowInfo subflow) implements Activity {
    @Override
    public String text() {
      return connection + ": " + ends(subflow) + " back";
    }
  }

  /** The peer changed how a subflow is to be used. */
  record SubflowPriority(Of connection, SubflowInfo subflow) implements Activity {
    @Override
    public String text() {
      return connection
          + ": "
          + ends(subflow)
          + " is "
          + subflow.remotePriority()
          + " for the peer";
    }
  }

  /** Who announces an address. */
  enum By {
    /** The peer. */
    PEER,
    /** This end. */
    US
  }

  /** An address was announced by ADD_ADDR. */
  record AddressAnnounced(Of connection, By by, int addressId, InetSocketAddress address)
      implements Activity {
    @Override
    public String text() {
      return connection + ": address " + addressId + ' ' + end(address) + " announced by " + by;
    }
  }

  /** An address was withdrawn by REMOVE_ADDR. */
  record AddressWithdrawn(Of connection, By by, int addressId) implements Activity {
    @Override
    public String text() {
      return connection + ": address " + addressId + " withdrawn by " + by;
    }
  }

  /** A connection is plain TCP from now on, although MPTCP was offered. */
  record FellBack(Of connection, FallbackReason reason) implements Activity {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return connection + ": fell back to TCP, " + reason;
    }
  }

  /** A mapping had a wrong checksum: something on the way changes data. */
  record ChecksumFailed(Of connection, SubflowInfo subflow) implements Activity {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return connection + ": wrong checksum on " + ends(subflow);
    }
  }

  /**
   * A SYN with MP_JOIN was refused.
   *
   * @param local where it went
   * @param remote where it came from
   * @param reason a word for why, such as {@code TOO_MANY} or {@code NO_TOKEN}
   */
  record JoinRefused(InetSocketAddress local, InetSocketAddress remote, String reason)
      implements Activity {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "join " + end(remote) + " > " + end(local) + " refused, " + reason;
    }
  }

  /**
   * Something was refused or dropped because there is as much of it as there may be.
   *
   * @param counter the counter that tells how often, such as {@code StackConnectionLimit}
   */
  record LimitReached(String counter) implements Activity {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "limit reached: " + counter;
    }
  }

  /** A link went down. */
  record LinkDown(int linkIndex) implements Activity {
    @Override
    public Level level() {
      return Level.WARN;
    }

    @Override
    public String text() {
      return "link " + linkIndex + " is down";
    }
  }

  /** A link came up. */
  record LinkUp(int linkIndex) implements Activity {
    @Override
    public Level level() {
      return Level.INFO;
    }

    @Override
    public String text() {
      return "link " + linkIndex + " is up";
    }
  }
}
