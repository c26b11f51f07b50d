package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.mptcp.MptcpCrypto;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** Each SYN of a join is counted once, whatever becomes of it, by the names of Linux. */
class JoinCountersTest {
  private static final String PEER = "10.0.1.1";
  private static final String OURS = "10.0.1.2";
  private static final long PEER_KEY = 0x1122334455667788L;

  private final MptcpCrypto crypto = new MptcpCrypto();
  private final MptcpStack stack =
      MptcpStack.builder().seed(1).link(0, 1500).address(0, OURS + "/24").build();
  private final RawHost peer = new RawHost(stack);
  private long key;
  private int theirSeq;

  @AfterEach
  void close() {
    stack.close();
  }

  private static TxSegment segment(int port, int to) {
    return RawHost.segment(PEER, port, OURS, to).seq(1).window(1000).flags(TcpFlags.SYN);
  }

  private MptcpSocket connect(MptcpServerSocket server) {
    capable();
    TxSegment ack = segment(1000, 80).seq(2).ack(theirSeq + 1).flags(TcpFlags.ACK);
    ack.options().mptcp(MpCapable.ack(MpCapable.HMAC_SHA256, PEER_KEY, key));
    peer.send(0, ack);
    return server.accept();
  }

  private void capable() {
    TxSegment syn = segment(1000, 80);
    syn.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    peer.send(0, syn);
    peer.expectSegment(
        0,
        s -> {
          theirSeq = s.seq();
          key = s.options().mptcp(MpCapable.class).senderKey();
        });
  }

  private void join(int port, int to, int token) {
    TxSegment syn = segment(port, to);
    syn.options().mptcp(new MpJoinSyn(true, 9, token, 77));
    peer.send(0, syn);
    peer.expectSegment(0, s -> assertThat(s.hasAck()).isTrue());
  }

  private Map<String, Long> joins() {
    return stack.counters().entrySet().stream()
        .filter(e -> e.getKey().contains("Join") || e.getKey().contains("Mismatch"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Map<String, Long> one(String... names) {
    return Arrays.stream(names).collect(Collectors.toMap(n -> "MPTcpExt" + n, n -> 1L));
  }

  @Test
  void anUnknownToken() throws Exception {
    stack.listen(TwoHosts.at(OURS, 80), 16);
    join(2000, 80, 4711);
    assertThat(joins()).isEqualTo(one("MPJoinSynRx", "MPJoinSynBackupRx", "MPJoinNoTokenFound"));
  }

  @Test
  void anUnknownTokenWhereNobodyListens() {
    join(2000, 80, 4711);
    assertThat(joins()).isEqualTo(one("MPJoinNoTokenFound"));
  }

  @Test
  void aKnownToken() throws Exception {
    MptcpSocket socket = connect(stack.listen(TwoHosts.at(OURS, 80), 16));
    assertThat(socket.isMptcp()).isTrue();
    join(2000, 80, crypto.token(key));
    assertThat(joins()).isEqualTo(one("MPJoinSynRx", "MPJoinSynBackupRx"));
  }

  @Test
  void aPortThatWasNeverAnnounced() throws Exception {
    connect(stack.listen(TwoHosts.at(OURS, 80), 16));
    join(2000, 81, crypto.token(key));
    assertThat(joins()).isEqualTo(one("MPJoinSynRx", "MPJoinSynBackupRx", "MismatchPortSynRx"));
  }

  // A connection may be joined as long as it lives, unless its path manager wants it as Linux does.
  @Test
  void aListenerThatIsGone() throws Exception {
    MptcpServerSocket server = stack.listen(TwoHosts.at(OURS, 80), 16);
    connect(server);
    server.close();
    join(2000, 80, crypto.token(key));
    assertThat(joins()).isEqualTo(one("MPJoinSynRx", "MPJoinSynBackupRx"));
  }
}
