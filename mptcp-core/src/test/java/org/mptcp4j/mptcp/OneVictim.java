package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.StackConfig;

/** A connection that was opened in order and of which a hand-made peer then takes one end. */
abstract class OneVictim {
  static final long S = 1_000 * TestNet.MS;

  /** Which end is tried, with checksums or without. */
  record Setting(boolean client, boolean checksums) {}

  TestNet net;
  TestApp victim;
  TestHost host;
  ForgedPeer peer;
  private long before;

  /** Receive buffer of both ends. */
  BufferRange receiveBuffer = StackConfig.builder().build().buffers().receive();

  static List<Setting> settings() {
    return Stream.of(true, false)
        .flatMap(c -> Stream.of(new Setting(c, true), new Setting(c, false)))
        .toList();
  }

  void start(Setting setting, TestNet made) {
    net = made;
    ConnectionConfig config =
        TestHost.config(
            c ->
                c.mptcp(m -> m.checksumRequired(setting.checksums()))
                    .buffers(b -> b.receive(receiveBuffer)));
    net.client.config = config;
    net.server.config = config;
    net.server.acceptedFinish = false;
    TestApp client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(S / 2);
    TestApp server = net.server.apps.get(0);
    server.toSend = 1_000;
    net.run(S / 2);
    victim = setting.client() ? client : server;
    host = setting.client() ? net.client : net.server;
    peer = new ForgedPeer(net, host, victim, setting.client() ? server : client);
    before = victim.received;
  }

  @AfterEach
  void close() {
    net.close();
    assertThat(victim.leaked()).isZero();
  }

  void assertReceived(long bytes) {
    host.pump();
    assertThat(victim.received - before).as("bytes received").isEqualTo(bytes);
    assertThat(victim.wrongAt).as("first wrong byte").isEqualTo(-1);
  }
}
