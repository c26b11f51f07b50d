package org.mptcp4j.testkit.packetdrill;

import org.mptcp4j.link.packet.IpAddress;

/**
 * One connection as the script sees it: its endpoints, and what turns the numbers of the script
 * into those on the wire.
 */
final class Flow {
  /** Where the peer's numbers begin: not at 0, so that no number is right by accident. */
  private static final int REMOTE_BASE = 0x5000_0000;

  private final IpAddress local;
  private final int localPort;
  private final IpAddress remote;
  private final int remotePort;
  private final TimestampMap clock;
  private final MptcpNames names;
  private MptcpSession session;
  private int localNonce;
  private int remoteNonce;
  private int remoteBase = REMOTE_BASE;
  private boolean remoteKnown;
  private boolean localKnown;
  private boolean left;
  private int localBase;

  Flow(
      IpAddress local,
      int localPort,
      IpAddress remote,
      int remotePort,
      TimestampMap clock,
      MptcpNames names) {
    this.local = local;
    this.localPort = localPort;
    this.remote = remote;
    this.remotePort = remotePort;
    this.clock = clock;
    this.names = names;
    session = names.newSession();
  }

  IpAddress local() {
    return local;
  }

  int localPort() {
    return localPort;
  }

  IpAddress remote() {
    return remote;
  }

  int remotePort() {
    return remotePort;
  }

  TimestampMap clock() {
    return clock;
  }

  /** What the names of the script stand for. */
  MptcpNames names() {
    return names;
  }

  /** The multipath connection that it belongs to. */
  MptcpSession session() {
    return session;
  }

  /** It is another subflow of that connection. */
  void join(MptcpSession connection) {
    session = connection;
  }

  int localNonce() {
    return localNonce;
  }

  void localNonce(int nonce) {
    localNonce = nonce;
  }

  int remoteNonce() {
    return remoteNonce;
  }

  void remoteNonce(int nonce) {
    remoteNonce = nonce;
  }

  /** The script has closed its socket. */
  void leave() {
    left = true;
  }

  boolean isLeft() {
    return left;
  }

  boolean isOf(Segment sent) {
    return sent.srcPort() == localPort
        && sent.dstPort() == remotePort
        && sent.dst().equals(remote)
        && sent.src().equals(local);
  }

  /** Our first SYN left: it has this number in the script. */
  void onLocalSyn(int live, long scripted) {
    if (!localKnown) {
      localKnown = true;
      localBase = live - (int) scripted;
    }
  }

  /**
   * A SYN of the peer comes; its number on the wire. Behind a first one that answers ours the
   * numbers of the script count from it.
   */
  int onRemoteSyn(long scripted, boolean answers) {
    int live = remoteSeq(scripted);
    if (!remoteKnown && answers) {
      remoteBase = live;
    }
    remoteKnown = true;
    return live;
  }

  /** A number of ours on the wire. */
  int localSeq(long scripted) {
    return localBase + (int) scripted;
  }

  /** A number of ours in the script. */
  long scriptedLocal(int live) {
    return Integer.toUnsignedLong(live - localBase);
  }

  /** A number of the peer's on the wire. */
  int remoteSeq(long scripted) {
    return remoteBase + (int) scripted;
  }

  /** A number of the peer's in the script. */
  long scriptedRemote(int live) {
    return Integer.toUnsignedLong(live - remoteBase);
  }

  @Override
  public String toString() {
    return local + " port " + localPort + " and " + remote + " port " + remotePort;
  }
}
