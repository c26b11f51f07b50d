package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.pm.PmCommands;
import org.mptcp4j.pm.PmSubflow;
import org.mptcp4j.pm.PmView;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.pm.SubflowEnd;
import org.mptcp4j.tcp.TcpConfig;

/** What a path manager of the user's own is told, and when it is woken. */
class PathManagerTest {
  private static final long S = 1_000 * TestNet.MS;

  /** Writes down what it is told and opens what a test wants. */
  private static final class Diary implements PathManager {
    final List<String> told = new ArrayList<>();
    PmView view;
    PmCommands commands;

    private void note(PmView seen, PmCommands given, String what) {
      view = seen;
      commands = given;
      told.add(what);
    }

    @Override
    public String name() {
      return "diary";
    }

    @Override
    public void onEstablished(PmView v, PmCommands c) {
      note(v, c, "established");
    }

    @Override
    public void onLocalAddress(PmView v, PmCommands c, LocalAddress address) {
      note(v, c, "gained " + address.id());
    }

    @Override
    public void onLocalAddressGone(PmView v, PmCommands c, LocalAddress address) {
      note(v, c, "lost " + address.id());
    }

    @Override
    public void onLinkDown(PmView v, PmCommands c, int linkIndex) {
      note(v, c, "link down " + linkIndex);
    }

    @Override
    public void onAddAddr(PmView v, PmCommands c, RemoteAddress address) {
      note(v, c, "announced " + address.id());
    }

    @Override
    public void onRemoveAddr(PmView v, PmCommands c, int remoteId) {
      note(v, c, "withdrawn " + remoteId);
    }

    @Override
    public void onSubflowUp(PmView v, PmCommands c, PmSubflow subflow) {
      note(v, c, "up " + subflow.local());
    }

    @Override
    public void onSubflowDown(PmView v, PmCommands c, PmSubflow subflow, SubflowEnd end) {
      String why = end.peerReset().map(r -> " " + r.reason() + " " + r.isTransient()).orElse("");
      note(v, c, "down " + subflow.local() + " " + end.cause() + why);
    }

    @Override
    public void onTimeout(PmView v, PmCommands c) {
      note(v, c, "woken at " + v.nowNs() / S);
    }

    @Override
    public void onBackupChange(PmView v, PmCommands c, PmSubflow subflow, Priority priority) {
      note(v, c, "priority " + priority);
    }
  }

  private final Diary diary = new Diary();
  private TestNet net = new TestNet(1, 2);
  private TestApp client;

  private void start() {
    net.client.config = TestHost.config(c -> c.sockets(o -> o.pathManager(() -> diary)));
    net.server.acceptedFinish = false;
    client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(S / 2);
    assertThat(diary.told).containsExactly("established");
    diary.told.clear();
  }

  @AfterEach
  void close() {
    net.close();
  }

  private void join(int path) {
    join(path, diary.view.initialRemote());
  }

  private void join(int path, RemoteAddress remote) {
    diary.commands.join(net.client.locals.get(path), remote, Priority.NORMAL);
    // Commands are taken up when something happens; this is the least that does.
    client.connection.onLinkDown(net.nowNs(), 9);
    net.client.pump();
  }

  private void wakeAt(long seconds) {
    diary.commands.wakeAt(seconds * S);
    client.connection.onLinkDown(net.nowNs(), 9);
    diary.told.clear();
  }

  @Test
  void itIsWokenOnceAtTheTimeItAskedForLast() {
    start();
    assertThat(client.connection.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
    wakeAt(100);
    wakeAt(50);
    wakeAt(70);
    net.run(200 * S);
    assertThat(diary.told).containsExactly("woken at 70");
  }

  // RFC 8684 section 3.6: with any reason, permanent or not.
  @ParameterizedTest
  @CsvSource({
    "0, false",
    "1, false",
    "2, true",
    "3, false",
    "4, true",
    "5, true",
    "5, false",
    "6, false",
    "255, true"
  })
  void aResetSaysWhy(int reason, boolean isTransient) throws Exception {
    start();
    join(1);
    net.run(S);
    TestApp server = net.server.apps.get(0);
    assertThat(server.connection.flows()).hasSize(2);
    diary.told.clear();
    PeerReset why = new PeerReset(reason, isTransient);
    server.connection.paths("test").reset(1, why);
    net.run(S);
    assertThat(diary.told).containsExactly("down 10.0.1.1 RESET " + reason + " " + isTransient);
    assertThat(client.connection.flows()).hasSize(1);

    join(1);
    net.run(S);
    diary.commands.reset(2, why);
    client.connection.onLinkDown(net.nowNs(), 9);
    net.run(S);
    assertThat(net.server.count(Mib.MP_RST_RX)).isEqualTo(1);
    assertThat(server.connection.flows()).hasSize(1);
    client.toSend += 10_000;
    net.run(S);
    assertThat(server.received).isEqualTo(20_000);
  }

  @Test
  void itIsNotWokenWhenItTakesThatBackOrTheConnectionEnds() {
    start();
    wakeAt(50);
    diary.commands.wakeAt(Long.MAX_VALUE);
    client.connection.onLinkDown(net.nowNs(), 9);
    diary.told.clear();
    net.run(60 * S);
    assertThat(diary.told).isEmpty();
    wakeAt(100);
    client.connection.meta().abort();
    net.run(60 * S);
    assertThat(diary.told).isEmpty();
  }

  @Test
  void aLinkThatComesUpIsToldAsItsAddressesUnlessItWantsToKnowMore() {
    start();
    client.connection.onLinkDown(net.nowNs(), 1);
    client.connection.onLinkUp(net.nowNs(), 1);
    assertThat(diary.told).containsExactly("link down 1", "gained 2");
  }

  @Test
  void itIsToldThatAJoinTimedOut() {
    start();
    net.paths[1].up = false;
    join(1);
    diary.told.clear();
    net.run(20 * S);
    assertThat(diary.told).containsExactly("down " + net.client.address(1) + " TIMED_OUT");
  }

  @Test
  void itIsToldThatASubflowTimedOut() {
    net.client.tcp = TcpConfig.builder().giveUpNs(5 * S).build();
    start();
    join(1);
    net.run(S);
    assertThat(diary.told).contains("up " + net.client.address(1));
    net.paths[0].up = false;
    client.toSend += 10_000;
    diary.told.clear();
    net.run(60 * S);
    assertThat(diary.told).contains("down " + net.client.address(0) + " TIMED_OUT");
  }

  // RFC 8684 section 3.6: the reason that the peer gave, and whether it may pass.
  @Test
  void itIsToldWhyThePeerResetASubflow() {
    start();
    join(1);
    net.run(S);
    diary.told.clear();
    MptcpTcpSock second =
        net.server.apps.get(0).connection.cb().orElseThrow().connectionList().get(1);
    second.close(CloseReason.BAD_CHECKSUM);
    net.run(S);
    assertThat(diary.told).containsExactly("down " + net.client.address(1) + " RESET 6 false");
  }

  @Test
  void itIsToldThatASubflowWasClosedWithoutError() {
    start();
    join(1);
    net.run(S);
    diary.told.clear();
    diary.commands.close(1);
    client.connection.onLinkDown(net.nowNs(), 9);
    net.run(S);
    assertThat(diary.told).contains("down " + net.client.address(1) + " ENDED");
  }

  /** RFC 8684 section 3.4.2: the initial address has id 0 and can be withdrawn, too. */
  @Test
  void aWithdrawnInitialAddressIsNotToBeJoined() {
    start();
    join(1, new RemoteAddress(2, net.server.address(1), 80));
    net.run(S);
    assertThat(diary.view.joinToInitialAllowed()).isTrue();
    LocalAddress gone = net.server.locals.remove(0);
    net.server.apps.get(0).connection.onLocalAddressGone(net.nowNs(), gone);
    net.run(S);
    assertThat(diary.told).contains("withdrawn 0");
    assertThat(diary.view.joinToInitialAllowed()).isFalse();
  }
}
