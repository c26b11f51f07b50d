package org.mptcp4j.testkit.peer;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.Seq64;

/**
 * An MPTCP connection of a {@link HandDrivenPeer}: the keys, and how far the data is. It learns the
 * other key from the handshake, follows the mappings that come, and computes tokens and HMACs; a
 * test may send right ones or wrong ones.
 *
 * <p>Data sequence numbers are relative: the first byte has 1, and 0 is the SYN's place.
 */
public final class PeerConnection {
  private final HandDrivenPeer peer;
  private final List<PeerSubflow> subflows = new ArrayList<>();
  private final Reassembly data = new Reassembly();
  private long localKey;
  private Optional<Long> remoteKey = Optional.empty();
  private int localFlags = MpCapable.HMAC_SHA256;
  private int remoteFlags;
  private long dataNxt = 1;
  private long dataFinAt = Long.MAX_VALUE;

  PeerConnection(HandDrivenPeer peer, long localKey) {
    this.peer = peer;
    this.localKey = localKey;
  }

  /** Has that key instead of a random one. To be called before the handshake. */
  public PeerConnection key(long key) {
    localKey = key;
    return this;
  }

  /** Says these flags in MP_CAPABLE, constants of {@link MpCapable}; H alone unless told. */
  public PeerConnection flags(int mpCapableFlags) {
    localFlags = mpCapableFlags;
    return this;
  }

  /** Asks for DSS checksums: flag A. */
  public PeerConnection requireChecksums() {
    return flags(localFlags | MpCapable.CHECKSUM_REQUIRED);
  }

  // ---- handshakes

  /** Connects from the first address: SYN, SYN/ACK and ACK with MP_CAPABLE. */
  public PeerSubflow connect(InetSocketAddress remote) {
    PeerSubflow first = begin(0, remote);
    first.connectFirst();
    return first;
  }

  /** Waits for a SYN with MP_CAPABLE to that port and completes the handshake. */
  public PeerSubflow accept(int port) {
    PeerSubflow first = adopt(peer.awaitSyn(port));
    first.acceptFirst();
    return first;
  }

  /** A subflow of which nothing was sent yet, for a test that makes its handshake by hand. */
  public PeerSubflow begin(int addressIndex, InetSocketAddress remote) {
    return add(new PeerSubflow(this, peer.route(addressIndex, remote)));
  }

  /** Joins from the address with that number, which is also the address id: four segments. */
  public PeerSubflow join(int addressIndex, InetSocketAddress remote) {
    PeerSubflow joined = begin(addressIndex, remote);
    joined.joinSyn();
    joined.expectJoinSynAck();
    joined.joinAck();
    joined.expectAckOfJoin();
    return joined;
  }

  /** Waits for a SYN with MP_JOIN of this connection and completes its handshake. */
  public PeerSubflow acceptJoin() {
    PeerSubflow joined = awaitJoin();
    joined.joinSynAck();
    joined.expectJoinAck();
    joined.ack();
    return joined;
  }

  /** Waits for a SYN with MP_JOIN of this connection, takes it and does not answer. */
  public PeerSubflow awaitJoin() {
    WireSegment syn = peer.awaitJoinSyn(MptcpKeys.token(localKey));
    PeerSubflow joined = add(new PeerSubflow(this, peer.routeBack(syn)));
    joined.onSegment(syn);
    joined.skipAll();
    return joined;
  }

  private PeerSubflow adopt(PeerFlow flow) {
    PeerSubflow subflow = add(new PeerSubflow(this, flow.route()));
    subflow.onSegment(flow.received().get(0));
    subflow.skipAll();
    return subflow;
  }

  private PeerSubflow add(PeerSubflow subflow) {
    subflows.add(subflow);
    peer.register(subflow);
    return subflow;
  }

  // ---- keys and what follows from them

  /** Its key. */
  public long localKey() {
    return localKey;
  }

  /**
   * The key of the other end.
   *
   * @throws IllegalStateException as long as no MP_CAPABLE with it has come
   */
  public long remoteKey() {
    return remoteKey.orElseThrow(
        () ->
            new IllegalStateException(
                "the other end has not sent its key yet: connect or accept first"));
  }

  /** The flags that it says in MP_CAPABLE. */
  public int localFlags() {
    return localFlags;
  }

  /** Whether either end asked for DSS checksums. RFC 8684 section 3.1. */
  public boolean checksums() {
    return ((localFlags | remoteFlags) & MpCapable.CHECKSUM_REQUIRED) != 0;
  }

  /** A relative data sequence number of this end as it is on the wire, all 64 bits. */
  public long dsn(long relative) {
    return MptcpKeys.initialDsn(localKey) + relative;
  }

  /** A relative data sequence number of the other end as it is on the wire, all 64 bits. */
  public long remoteDsn(long relative) {
    return MptcpKeys.initialDsn(remoteKey()) + relative;
  }

  /** An announcement of an address with the right HMAC. */
  public AddAddr addAddr(int addressId, IpAddress address, int port) {
    AddAddr unsigned = new AddAddr(false, addressId, address, port, 0);
    long hmac = MptcpKeys.addAddrHmac(localKey, remoteKey(), unsigned);
    return new AddAddr(false, addressId, address, port, hmac);
  }

  // ---- how far it is

  /** Its subflows in the order of their making, those that are over included. */
  public List<PeerSubflow> subflows() {
    return Collections.unmodifiableList(subflows);
  }

  /** Data sequence number that it sends next, relative. */
  public long dataNxt() {
    return dataNxt;
  }

  /** What it acknowledges by itself, relative: data that came in order, a DATA_FIN included. */
  public long dataRcvNxt() {
    return data.next() == dataFinAt ? dataFinAt + 1 : data.next();
  }

  /** Whether the other end has finished sending, and everything has come. */
  public boolean dataFinReceived() {
    return data.next() == dataFinAt;
  }

  /**
   * The data that came in order, from all subflows.
   *
   * @return a new array
   */
  public byte[] receivedBytes() {
    return data.bytes();
  }

  void sent(long first, int length) {
    dataNxt = Math.max(dataNxt, first + length);
  }

  void learn(MpCapable option) {
    if (remoteKey.isEmpty()) {
      remoteFlags = option.flags();
      if (option.hasSenderKey()) {
        remoteKey = Optional.of(option.senderKey());
      }
    }
  }

  /** The relative number of a data sequence number in a mapping that came. */
  long relative(DssOption mapping, boolean wide) {
    long initial = MptcpKeys.initialDsn(remoteKey());
    long dsn = wide ? mapping.dsn() : Seq64.expand(initial + data.next(), (int) mapping.dsn());
    return dsn - initial;
  }

  void receive(long first, byte[] bytes) {
    data.put(first, bytes);
  }

  void receiveDataFin(long at) {
    dataFinAt = at;
  }

  /** The HMAC of a join that this end sends: RFC 8684 section 3.2. */
  byte[] localHmac(int localNonce, int remoteNonce) {
    return MptcpKeys.joinHmac(localKey, remoteKey(), localNonce, remoteNonce);
  }

  /** The HMAC of a join that the other end has to send. */
  byte[] remoteHmac(int localNonce, int remoteNonce) {
    return MptcpKeys.joinHmac(remoteKey(), localKey, remoteNonce, localNonce);
  }

  HandDrivenPeer peer() {
    return peer;
  }
}
