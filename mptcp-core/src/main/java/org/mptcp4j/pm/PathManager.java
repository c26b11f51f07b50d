package org.mptcp4j.pm;

/**
 * Decides which addresses are announced and which subflows are opened: RFC 8684 section 3.4. One
 * instance serves one connection and may keep state. Called on the stack's thread; it sees
 * read-only views and issues commands, nothing else.
 */
public interface PathManager {
  /** Short lower-case name, as shown to users. */
  String name();

  /** The connection is fully established: both ends know that they speak MPTCP. */
  void onEstablished(PmView view, PmCommands commands);

  /** This host gained an address, or its link came up. */
  void onLocalAddress(PmView view, PmCommands commands, LocalAddress address);

  /** This host lost an address. Its subflows are closed and it is withdrawn already. */
  void onLocalAddressGone(PmView view, PmCommands commands, LocalAddress address);

  /** The peer announced an address; its HMAC was right. */
  void onAddAddr(PmView view, PmCommands commands, RemoteAddress address);

  /** The peer withdrew an address. Its subflows are closed already. */
  void onRemoveAddr(PmView view, PmCommands commands, int remoteId);

  /** A subflow other than the first is established. */
  void onSubflowUp(PmView view, PmCommands commands, PmSubflow subflow);

  /** A subflow ended or could not be established. */
  void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow);

  /** The peer changed how a subflow is to be used. */
  void onBackupChange(PmView view, PmCommands commands, PmSubflow subflow, Priority priority);
}
