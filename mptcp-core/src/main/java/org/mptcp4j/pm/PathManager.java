package org.mptcp4j.pm;

/**
 * Decides which addresses are announced and which subflows are opened: RFC 8684 section 3.4. One
 * instance serves one connection and may keep state. Called on the stack's thread; it sees
 * read-only views and issues commands, nothing else; both are to be used during the call only.
 *
 * <p>Given to {@code StackBuilder.pathManager}, which makes one for each connection. What this host
 * tells of addresses and links comes only after {@link #onEstablished}, which finds the state of
 * that moment in its view. At the end that opened the connection this is when the peer has
 * acknowledged its keys: against a peer that sends nothing, not before this end has sent something.
 * There is no call when the connection ends. An exception closes the connection with {@code
 * SocketError.ESHUTDOWN} and is logged; the peer is told nothing.
 */
public interface PathManager {
  /** Short lower-case name, as shown to users. */
  String name();

  /** The connection is fully established: both ends know that they speak MPTCP. */
  void onEstablished(PmView view, PmCommands commands);

  /** This host gained an address whose link is up. */
  void onLocalAddress(PmView view, PmCommands commands, LocalAddress address);

  /** This host lost an address. Its subflows are closed and it is withdrawn already. */
  void onLocalAddressGone(PmView view, PmCommands commands, LocalAddress address);

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

  /** The peer announced an address; its HMAC was right. */
  void onAddAddr(PmView view, PmCommands commands, RemoteAddress address);

  /** The peer withdrew an address. Its subflows are closed already. */
  void onRemoveAddr(PmView view, PmCommands commands, int remoteId);

  /** A subflow other than the first is established. */
  void onSubflowUp(PmView view, PmCommands commands, PmSubflow subflow);

  /**
   * A subflow, the first one included, ended or could not be established. The view does not have it
   * any more.
   */
  void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow, SubflowEnd end);

  /**
   * A join that was asked for did not begin: no route, no free port, or the stack has no room for a
   * flow. Nothing is told of joins beyond the limits of the connection, which the view shows.
   */
  default void onJoinNotStarted(
      PmView view, PmCommands commands, LocalAddress local, RemoteAddress remote) {}

  /** The time that {@link PmCommands#wakeAt} asked for has come. */
  default void onTimeout(PmView view, PmCommands commands) {}

  /** The peer changed how a subflow is to be used. */
  void onBackupChange(PmView view, PmCommands commands, PmSubflow subflow, Priority priority);
}
