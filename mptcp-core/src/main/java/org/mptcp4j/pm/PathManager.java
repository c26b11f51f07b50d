package org.mptcp4j.pm;

import java.util.Optional;

/**
 * Decides which addresses are announced and which subflows are opened: RFC 8684 section 3.4. One
 * instance serves one connection and may keep state. Called on the stack's thread; it sees
 * read-only views and issues commands, nothing else; both are to be used during the call only.
 * Every callback does nothing unless it is overridden: an own path manager has what it needs.
 *
 * <p>Chosen by name or by what makes it, for a stack ({@code StackBuilder.pathManager}), or for a
 * listener or a socket ({@code SocketOptions.Builder.pathManager}), and exchanged on a live
 * connection by {@code MptcpSocket.setPathManager}. What this host tells of addresses and links
 * comes only after {@link #onEstablished}, which finds the state of that moment in its view. At the
 * end that opened the connection this is when the peer has acknowledged its keys: against a peer
 * that sends nothing, not before this end has sent something. There is no call when the connection
 * ends. An exception closes the connection with {@code SocketError.ESHUTDOWN} and is logged; the
 * peer is told nothing.
 */
public interface PathManager {
  /** Short lower-case name, as shown to users. */
  String name();

  /**
   * The connection is fully established: both ends know that they speak MPTCP. Or it was so already
   * when this path manager took over from another, whose subflows and announcements it finds.
   */
  default void onEstablished(PmView view, PmCommands commands) {}

  /** This host gained an address whose link is up. */
  default void onLocalAddress(PmView view, PmCommands commands, LocalAddress address) {}

  /** This host lost an address. Its subflows are closed and it is withdrawn already. */
  default void onLocalAddressGone(PmView view, PmCommands commands, LocalAddress address) {}

  /** A link of this host came up. By default its addresses are taken as gained. */
  default void onLinkUp(PmView view, PmCommands commands, int linkIndex) {
    for (LocalAddress address : view.localAddresses()) {
      if (address.linkIndex() == linkIndex) {
        onLocalAddress(view, commands, address);
      }
    }
  }

  /**
   * A link of this host went down. Its addresses are not usable until it comes up; its subflows
   * stay, and what they carried goes out on others.
   */
  default void onLinkDown(PmView view, PmCommands commands, int linkIndex) {}

  /** The peer announced an address for the first time; its HMAC was right. */
  default void onAddAddr(PmView view, PmCommands commands, RemoteAddress address) {}

  /**
   * The peer announced an address again that it had announced before: because the echo was lost, or
   * because it wants it to be tried again. How often that happens is up to the peer.
   */
  default void onAddAddrAgain(PmView view, PmCommands commands, RemoteAddress address) {}

  /** The peer withdrew an address. Its subflows are closed already. */
  default void onRemoveAddr(PmView view, PmCommands commands, int remoteId) {}

  /** A subflow other than the first is established, whichever end opened it. */
  default void onSubflowUp(PmView view, PmCommands commands, PmSubflow subflow) {}

  /**
   * A subflow, the first one included, ended or could not be established. The view does not have it
   * any more.
   */
  default void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow, SubflowEnd end) {}

  /**
   * A subflow became silent: its retransmission timer fired. It stays, may be heard again, and what
   * it carried goes out on others.
   */
  default void onSubflowStale(PmView view, PmCommands commands, PmSubflow subflow) {}

  /**
   * A join that was asked for did not begin: no route, no free port, or the stack has no room for a
   * flow. Nothing is told of joins beyond the limits of the connection, which the view shows.
   */
  default void onJoinNotStarted(
      PmView view, PmCommands commands, LocalAddress local, RemoteAddress remote) {}

  /** The time that {@link PmCommands#wakeAt} asked for has come. */
  default void onTimeout(PmView view, PmCommands commands) {}

  /**
   * Who configured it has news. Whatever it does not know is ignored.
   *
   * @param news for example an {@link EndpointChange}
   */
  default void onNews(PmView view, PmCommands commands, PathNews news) {}

  /** The peer changed how a subflow is to be used. */
  default void onBackupChange(
      PmView view, PmCommands commands, PmSubflow subflow, Priority priority) {}

  // ---- what the connection asks

  /**
   * Whether a join of the peer, who has proved with its HMAC who it is, becomes a subflow. It is
   * not in the view yet. Asked within the limits of the connection only.
   */
  default boolean admits(PmView view) {
    return true;
  }

  /**
   * Whether the peer may join at the port that the connection began on; joins at others are
   * announced. By default it may at both ends.
   */
  default boolean listens(PmView view) {
    return true;
  }

  /**
   * By which id, and with which priority, peers know an address of this host: asked when the peer
   * joins it, and when it is gone. By default as the host has it.
   */
  default LocalAddress identify(LocalAddress address) {
    return address;
  }

  /**
   * Whether a subflow that works is probed when the peer withdraws its address, and closed when no
   * answer comes (RFC 8684 section 3.4.2); else it is closed at once.
   */
  default boolean probesBeforeRemove() {
    return true;
  }

  /**
   * What it uses of what it may use, for {@code mptcp_info}. By default that is what the stack's
   * limits and addresses show.
   */
  default Optional<PmFigures> figures() {
    return Optional.empty();
  }
}
