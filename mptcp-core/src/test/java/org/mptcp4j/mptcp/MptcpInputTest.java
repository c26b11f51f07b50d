package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.sched.LowestRtt;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/** What the options of a segment mean for the subflow it came on: RFC 8684 section 3. */
class MptcpInputTest {
  private final TestNet net = new TestNet(1, 2);
  private Workbench bench = new Workbench();
  private NoEntries news;
  private PathSession paths;
  private MptcpInput input = input();

  private MptcpInput input() {
    paths =
        new PathSession(
            new DefaultPathManager(),
            bench.subflows.master().tuple(),
            bench.keys,
            bench.subflows,
            new SubflowFactory(bench.config, net.client));
    news = new NoEntries();
    return new MptcpInput(bench.meta, paths, news);
  }

  private void begin(SubflowState state) {
    bench = new Workbench(0, state);
    input = input();
  }

  private int give(MptcpTcpSock on, Consumer<TxSegment> segment) {
    return input.onSegment(on, bench.segment(on, segment));
  }

  private int give(Consumer<TxSegment> segment) {
    return give(bench.subflows.master(), segment);
  }

  @Test
  void aDataAckIsProgress() {
    bench.write(100);
    bench.meta.tx().give(bench.meta.tx().nxt(), 100, (buf, index, length) -> {});
    long ack = bench.meta.tx().nxt();
    assertThat(give(s -> s.options().dssAck64(ack))).isEqualTo(MptcpInput.PROGRESS);
    assertThat(bench.meta.bytesAcked()).isEqualTo(100);
    assertThat(give(s -> s.options().dssAck64(ack))).as("the second time").isZero();
  }

  @Test
  void aDataAckOfWhatWasNeverSentIsIgnored() {
    assertThat(give(s -> s.options().dssAck64(bench.meta.tx().nxt() + 1))).isZero();
    assertThat(bench.meta.bytesAcked()).isZero();
  }

  // RFC 8684 section 3.3.3: DATA_FIN is acknowledged by a DATA_ACK.
  @Test
  void aDataFinEndsWhatThePeerSends() {
    long end = bench.meta.window().next();
    int flags = Dss.MAP | Dss.DSN64 | Dss.DATA_FIN;
    assertThat(give(s -> s.options().dss(flags, 0, end, 0, 1))).isZero();
    assertThat(bench.meta.peerFinished()).isTrue();
    assertThat(bench.meta.life()).isEqualTo(Life.CLOSE_WAIT);
    assertThat(bench.poll(bench.subflows.master()).options().dss().dataAck())
        .isEqualTo(end + 1 & 0xffff_ffffL);
  }

  // As Linux: the end of what the peer sends is acknowledged on every subflow.
  @Test
  void aDataFinIsAcknowledgedOnEverySubflow() {
    MptcpTcpSock other = bench.add();
    long end = bench.meta.window().next();
    int flags = Dss.MAP | Dss.DSN64 | Dss.DATA_FIN;
    give(s -> s.options().dss(flags, 0, end, 0, 1));
    for (MptcpTcpSock s : List.of(bench.subflows.master(), other)) {
      assertThat(bench.poll(s).options().dss().dataAck()).isEqualTo(end + 1 & 0xffff_ffffL);
    }
  }

  /** The DATA_ACK of the next acknowledgement of a subflow: 4 or 8 bytes. */
  private int widthOfAck(MptcpTcpSock by) {
    by.tcp().requestAck();
    Dss dss = bench.poll(by).options().dss();
    long next = bench.meta.window().next();
    assertThat(dss.dataAck()).isEqualTo(dss.ack64() ? next : next & 0xffff_ffffL);
    return dss.ack64() ? 8 : 4;
  }

  // RFC 8684 section 3.3.2: 64 bits MUST be acknowledged by 64, which holds for the connection.
  @Test
  void aDataAckIsAsWideAsTheLastMapping() {
    MptcpTcpSock master = bench.subflows.master();
    MptcpTcpSock other = bench.add();
    assertThat(widthOfAck(master)).as("before any mapping").isEqualTo(4);
    long next = bench.meta.window().next();
    give(s -> s.options().dss(Dss.MAP, 0, next & 0xffff_ffffL, 1, 100));
    assertThat(widthOfAck(other)).as("after one of 32 bits").isEqualTo(4);
    give(other, s -> s.options().dss(Dss.MAP | Dss.DSN64, 0, next, 1, 100));
    assertThat(widthOfAck(other)).as("after one of 64 bits").isEqualTo(8);
    assertThat(widthOfAck(master)).as("on another subflow").isEqualTo(8);
    give(s -> s.options().dss(Dss.MAP, 0, next & 0xffff_ffffL, 1, 100));
    assertThat(widthOfAck(master)).as("32 bits again").isEqualTo(4);
    give(s -> s.options().dss(Dss.MAP | Dss.DSN64 | Dss.DATA_FIN, 0, next, 0, 1));
    // As Linux, which waits for data.
    assertThat(widthOfAck(other)).as("a DATA_FIN alone").isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, MpCapable.CHECKSUM_REQUIRED})
  void dataGoesWithADataAckOfThatWidth(int flags) {
    bench = new Workbench(flags, SubflowState.ESTABLISHED);
    input = input();
    MptcpTcpSock master = bench.subflows.master();
    Transmitter transmitter =
        new Transmitter(bench.meta, bench.subflows, new LowestRtt(), flags != 0);
    for (boolean wide : new boolean[] {false, true}) {
      long dsn = bench.meta.tx().nxt();
      bench.write(100);
      bench.meta.setNoDelay(true);
      transmitter.push(bench.nowNs);
      Dss dss = bench.poll(master).options().dss();
      assertThat(dss.ack64()).isEqualTo(wide);
      assertThat(dss.dsn64()).isTrue();
      assertThat(dss.dsn()).isEqualTo(dsn);
      assertThat(dss.hasChecksum()).isEqualTo(flags != 0);
      int map = Dss.MAP | Dss.DSN64;
      long next = bench.meta.window().next();
      give(
          flags == 0
              ? s -> s.options().dss(map, 0, next, 1, 100)
              : s -> s.options().dssWithChecksum(map, 0, next, 1, 100, 7));
    }
  }

  // As Linux: an announcement and its echo go alone, others beside a DSS.
  @Test
  void announcementsGoAlone() {
    MptcpTcpSock master = bench.subflows.master();
    AddAddr announcement = new AddAddr(false, 5, IpAddress.parse("10.9.9.9"), 0, 7);
    for (MptcpOption option : List.of(announcement, announcement.toEcho())) {
      master.options().addControl(option);
      master.tcp().requestAck();
      RxSegment alone = bench.poll(master);
      assertThat(alone.options().mptcp(AddAddr.class)).isEqualTo(option);
      assertThat(alone.options().dss().present()).isFalse();
    }
    for (MptcpOption option : List.of(MpPrio.ofSubflow(true), new RemoveAddr(List.of(1, 2)))) {
      master.options().addControl(option);
      master.tcp().requestAck();
      RxSegment both = bench.poll(master);
      assertThat(both.options().mptcp(option.getClass())).isEqualTo(option);
      assertThat(both.options().dss().hasAck()).isTrue();
    }
  }

  @Test
  void theFirstOptionOfTheServerConfirmsTheMaster() {
    begin(SubflowState.CAPABLE_ACK_SENT);
    int result = give(s -> s.options().dssAck64(bench.meta.tx().nxt()));
    assertThat(result).isEqualTo(MptcpInput.UP);
    assertThat(bench.subflows.master().state()).isEqualTo(SubflowState.ESTABLISHED);
  }

  @Test
  void aSilentMasterIsConfirmedAndStillSilent() {
    begin(SubflowState.CAPABLE_ACK_STALE);
    give(s -> s.options().dssAck64(bench.meta.tx().nxt()));
    assertThat(bench.subflows.master().state()).isEqualTo(SubflowState.STALE);
  }

  // RFC 8684 section 3.7: an acknowledgement of data without any option.
  @Test
  void aServerThatLeavesOutItsOptionsFallsBack() {
    begin(SubflowState.CAPABLE_ACK_SENT);
    int first = bench.subflows.master().tcp().iss() + 1;
    assertThat(give(s -> s.ack(first + 1))).isEqualTo(MptcpInput.FALLBACK);
    assertThat(FallbackCause.NO_OPTION.reason().orElseThrow().counter())
        .contains(Mib.MP_CAPABLE_DATA_FALLBACK);
  }

  @Test
  void aJoinWithoutItsOptionIsReset() {
    MptcpTcpSock join = bench.add(SubflowState.JOIN_SYN_RECEIVED);
    assertThat(give(join, s -> {})).isEqualTo(MptcpInput.RESET);
  }

  @Test
  void aJoinWithAWrongHmacIsCountedAndReset() {
    MptcpTcpSock join = bench.add(SubflowState.JOIN_SYN_RECEIVED);
    join.options().join().answer(1, 2, bench.keys, bench.crypto);
    int result = give(join, s -> s.options().mptcp(MpJoinAck.of(new byte[32])));
    assertThat(result).isEqualTo(MptcpInput.RESET);
    assertThat(bench.count(Mib.MP_JOIN_ACK_HMAC_FAILURE)).isOne();
  }

  @Test
  void aJoinWithTheRightHmacIsUp() {
    MptcpTcpSock join = bench.add(SubflowState.JOIN_SYN_RECEIVED);
    join.options().join().answer(1, 2, bench.keys, bench.crypto);
    byte[] hmac = new byte[32];
    bench.crypto.joinHmac(bench.keys.remoteKey(), bench.keys.localKey(), 2, 1, hmac);
    int result = give(join, s -> s.options().mptcp(MpJoinAck.of(hmac)));
    assertThat(result).isEqualTo(MptcpInput.UP);
    assertThat(join.state()).isEqualTo(SubflowState.ESTABLISHED);
  }

  // RFC 8684 section 3.5: with our own key.
  @Test
  void aFastcloseWithOurKeyEndsTheConnection() {
    assertThat(give(s -> s.options().mptcp(new MpFastclose(bench.keys.localKey()))))
        .isEqualTo(MptcpInput.FASTCLOSED);
    assertThat(give(s -> s.options().mptcp(new MpFastclose(bench.keys.localKey() + 1)))).isZero();
  }

  @Test
  void mpFailAsksForTheFallback() {
    assertThat(give(s -> s.options().mptcp(new MpFail(0)))).isEqualTo(MptcpInput.FAILED);
    assertThat(bench.counted.get(Mib.MP_FAIL_RX)).isOne();
  }

  // RFC 8684 section 3.4.1: the HMAC keeps others from announcing addresses.
  @Test
  void anAnnouncementIsTakenWithTheRightHmacOnly() {
    IpAddress address = IpAddress.parse("10.9.9.9");
    long hmac =
        bench.crypto.addAddrHmac(
            bench.keys.remoteKey(), bench.keys.localKey(), 5, address.toBytes(), 0);
    AddAddr forged = new AddAddr(false, 5, address, 0, hmac + 1);
    assertThat(give(s -> s.options().mptcp(forged))).isZero();
    assertThat(bench.count(Mib.ADD_ADDR_DROP)).isOne();
    AddAddr right = new AddAddr(false, 5, address, 0, hmac);
    give(s -> s.options().mptcp(right));
    assertThat(news.told)
        .singleElement()
        .isInstanceOfSatisfying(
            PathEvent.Announced.class,
            event -> assertThat(event.address().address()).isEqualTo(address));
  }

  private void announce(String address, int port) {
    announce(5, address, port);
  }

  private void announce(int id, String address) {
    announce(id, address, 0);
  }

  private void announce(int id, String address, int port) {
    byte[] bytes = IpAddress.parse(address).toBytes();
    long hmac =
        bench.crypto.addAddrHmac(bench.keys.remoteKey(), bench.keys.localKey(), id, bytes, port);
    give(s -> s.options().mptcp(new AddAddr(false, id, IpAddress.parse(address), port, hmac)));
  }

  // RFC 8684 section 3.4.1: "with an already-assigned Address ID, but the address MUST be the same
  // ... If the port number is different, the receiving host SHOULD try to set up a new subflow".
  @Test
  void anIdMayComeAgainWithAnotherPort() {
    RemoteAddress second = new RemoteAddress(5, IpAddress.parse("10.9.9.9"), 4_321);
    announce("10.9.9.9", 1_234);
    announce("10.9.9.9", 4_321);
    announce("10.9.9.8", 4_321);
    assertThat(paths.remoteAddresses()).containsExactly(second);
    assertThat(news.told).hasSize(2);
    assertThat(news.told.get(1))
        .isInstanceOfSatisfying(
            PathEvent.Announced.class, event -> assertThat(event.address()).isEqualTo(second));
  }

  // RFC 8684 section 3.4.1: each is echoed, as far as a bounded memory goes; it comes again.
  @Test
  void anEchoThatTooManyOthersWaitForIsCounted() {
    for (int id = 1; id <= 20; id++) {
      announce(id, "10.9.9." + id);
    }
    assertThat(bench.count(Mib.ADD_ADDR)).isEqualTo(20);
    assertThat(bench.count(Mib.ECHO_ADD_TX_DROP)).isEqualTo(4);
    for (int i = 0; i < 16; i++) {
      bench.subflows.master().tcp().requestAck();
      assertThat(bench.poll(bench.subflows.master()).options().mptcp(AddAddr.class).echo())
          .isTrue();
    }
    assertThat(bench.count(Mib.ECHO_ADD_TX)).isEqualTo(16);
    assertThat(bench.count(Mib.ECHO_ADD_TX_DROP)).isEqualTo(4);
  }

  // RFC 8684 section 3.4.2: every subflow of the address is closed, or asked whether it is alive.
  @Test
  void aWithdrawnAddressTakesItsSubflowsAlong() {
    MptcpTcpSock second = bench.add();
    second.options().ids(0, 7);
    give(s -> s.options().mptcp(RemoveAddr.of(7)));
    assertThat(paths.pollRemovedByPeer()).isSameAs(second);
    assertThat(paths.pollRemovedByPeer()).isNull();
    assertThat(bench.count(Mib.RM_ADDR)).isOne();
  }

  /** What was removed of the subflows, in order. */
  private List<MptcpTcpSock> removed() {
    List<MptcpTcpSock> all = new ArrayList<>();
    for (MptcpTcpSock s = paths.pollRemovedByPeer(); s != null; s = paths.pollRemovedByPeer()) {
      all.add(s);
    }
    return all;
  }

  private MptcpTcpSock join(int localId, int remoteId) {
    MptcpTcpSock join = bench.add();
    join.options().ids(localId, remoteId);
    return join;
  }

  // RFC 8684 section 3.4.2: a list may name an id as often as it has room; it is one address.
  @Test
  void anIdThatIsNamedOftenIsRemovedOnce() {
    MptcpTcpSock second = join(0, 7);
    announce("10.9.9.9", 0);
    announce(6, "10.9.9.8");
    news.told.clear();
    Integer[] ids = new Integer[30];
    Arrays.fill(ids, 5);
    ids[3] = 7;
    ids[29] = 7;
    give(s -> s.options().mptcp(new RemoveAddr(List.of(ids))));
    assertThat(removed()).containsExactly(second);
    assertThat(bench.count(Mib.RM_ADDR)).isEqualTo(2);
    assertThat(news.told).singleElement().isInstanceOf(PathEvent.Removed.class);
    assertThat(paths.remoteAddresses()).extracting(RemoteAddress::id).containsExactly(6);
    news.told.clear();
    give(s -> s.options().mptcp(RemoveAddr.of(5)));
    assertThat(news.told).as("it is not there any more").isEmpty();
  }

  // RFC 8684 section 3.4.2: "the Address IDs of the addresses to be removed".
  @Test
  void allIdsOfAListAreRemoved() {
    MptcpTcpSock second = join(0, 7);
    MptcpTcpSock third = join(1, 8);
    MptcpTcpSock fourth = join(2, 7);
    MptcpTcpSock fifth = join(0, 9);
    announce("10.9.9.9", 0);
    announce(6, "10.9.9.8");
    news.told.clear();
    give(s -> s.options().mptcp(new RemoveAddr(List.of(6, 7, 77, 8, 5))));
    assertThat(removed()).containsExactly(second, fourth, third).doesNotContain(fifth);
    assertThat(bench.count(Mib.RM_ADDR)).isEqualTo(5);
    assertThat(news.told).hasSize(2);
    assertThat(paths.remoteAddresses()).isEmpty();
  }

  // RFC 8684 section 3.4.2: the ids are those of the peer's addresses, never of ours.
  @Test
  void anIdOfOursIsNoneOfThePeers() {
    join(7, 0);
    join(7, 3);
    give(s -> s.options().mptcp(RemoveAddr.of(7)));
    assertThat(removed()).isEmpty();
    assertThat(bench.subflows.live()).allMatch(s -> s.state() == SubflowState.ESTABLISHED);
  }

  // RFC 8684 section 3.2: the address of the initial subflow has the id 0, and is withdrawn by it.
  @Test
  void theInitialAddressIsWithdrawnById0() {
    MptcpTcpSock second = join(1, 0);
    MptcpTcpSock third = join(0, 7);
    give(s -> s.options().mptcp(new RemoveAddr(List.of(0, 0))));
    assertThat(removed()).containsExactly(bench.subflows.master(), second).doesNotContain(third);
    assertThat(bench.count(Mib.RM_ADDR)).isOne();
  }

  // RFC 8684 section 3.3.8: without an address id it is for the subflow it came on.
  @Test
  void priorityIsOfTheSubflowItCameOn() {
    MptcpTcpSock second = bench.add();
    give(second, s -> s.options().mptcp(MpPrio.ofSubflow(true)));
    assertThat(second.remoteBackup()).isTrue();
    assertThat(bench.subflows.master().remoteBackup()).isFalse();
  }

  // RFC 8684 appendix E: by the address id of RFC 6824 one subflow could put the others into
  // backup.
  @Test
  void aPriorityForAnotherSubflowIsIgnored() {
    MptcpTcpSock second = bench.add();
    second.options().ids(0, 7);
    bench.subflows.master().options().ids(0, 0);
    for (int id : new int[] {0, 7}) {
      assertThat(give(second, s -> s.options().mptcp(new MpPrio(true, id)))).isZero();
    }
    assertThat(second.remoteBackup()).isFalse();
    assertThat(bench.subflows.master().remoteBackup()).isFalse();
    assertThat(bench.count(Mib.MP_PRIO_RX)).isZero();
  }

  // RFC 8684 section 3.3: whoever sends a checksum that was not negotiated, or leaves out one that
  // was, is reset; also where it covers a DATA_FIN alone.
  @ParameterizedTest
  @ValueSource(ints = {0, MpCapable.CHECKSUM_REQUIRED})
  void aMappingHasAChecksumWhereTheyAreUsedOnly(int flags) {
    bench = new Workbench(flags, SubflowState.ESTABLISHED);
    input = input();
    long next = bench.meta.window().next();
    int map = Dss.MAP | Dss.DSN64;
    for (int kind : new int[] {map, map | Dss.DATA_FIN}) {
      int ssn = kind == map ? 1 : 0;
      Consumer<TxSegment> wrong =
          flags == 0
              ? s -> s.options().dssWithChecksum(kind, 0, next, ssn, 1, 7)
              : s -> s.options().dss(kind, 0, next, ssn, 1);
      assertThat(give(wrong)).isEqualTo(MptcpInput.RESET);
    }
    assertThat(bench.meta.peerFinKnown()).isFalse();
    assertThat(bench.subflows.master().input().mappings().size()).isZero();
  }
}
