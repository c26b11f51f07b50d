package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketError;

/** However a connection ends that throws something away, the peer is told. */
class ThrownAwayDataTest {
  private static final long S = 1_000 * TestNet.MS;

  private enum Role {
    CLIENT,
    SERVER
  }

  private enum Peer {
    OPEN,
    HALF_CLOSED
  }

  private enum Data {
    NONE,
    /** The peer's window is closed. */
    UNSENT,
    /** The peer has it, but its acknowledgements are lost. */
    UNACKED
  }

  private enum Verb {
    ABORT,
    CLOSE_AND_TIMEOUT,
    CLOSE_AND_ABORT
  }

  private TestNet net;

  @AfterEach
  void close() {
    net.close();
    net.client.apps.forEach(a -> assertThat(a.leaked()).as("client's buffers").isZero());
    net.server.apps.forEach(a -> assertThat(a.leaked()).as("server's buffers").isZero());
  }

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Role role : Role.values()) {
      for (Peer peer : Peer.values()) {
        for (Data data : Data.values()) {
          for (Verb verb : Verb.values()) {
            cases.add(Arguments.of(true, role, peer, data, verb));
            cases.add(Arguments.of(false, role, peer, data, verb));
          }
        }
      }
    }
    return cases;
  }

  // RFC 9293 section 3.10.5, RFC 8684 section 3.5.
  @ParameterizedTest
  @MethodSource("cases")
  void thePeerIsTold(boolean mptcp, Role role, Peer peerDoes, Data data, Verb verb) {
    net = new TestNet(1, 1);
    for (TestHost host : List.of(net.client, net.server)) {
      host.config =
          TestHost.config(
              c ->
                  c.mptcp(mptcp ? MptcpMode.ENABLED : MptcpMode.DISABLED)
                      .timeouts(t -> t.closing(Duration.ofSeconds(5)))
                      .buffers(b -> b.receive(BufferRange.fixed(64 << 10))));
    }
    net.server.acceptedFinish = false;
    TestApp client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(S / 2);
    TestApp server = net.server.apps.get(0);
    TestApp ender = role == Role.CLIENT ? client : server;
    TestApp peer = role == Role.CLIENT ? server : client;
    ender.closeAtEnd = false;
    peer.closeAtEnd = false;
    peer.finish = peerDoes == Peer.HALF_CLOSED;
    net.run(S / 2);
    assertThat(ender.connection.meta().endOfStream()).isEqualTo(peer.finish);

    switch (data) {
      case UNSENT -> {
        peer.reading = false;
        ender.toSend += 300_000;
      }
      case UNACKED -> {
        int from = role == Role.CLIENT ? 2 : 1;
        net.paths[0].drop = d -> d.getByte(d.readerIndex() + 15) == from;
        ender.toSend += 5_000;
      }
      case NONE -> {
        // Nothing to write.
      }
    }
    net.run(S / 2);
    if (verb == Verb.ABORT) {
      ender.connection.meta().abort();
    } else {
      ender.connection.meta().close();
      net.run(S);
    }
    if (verb == Verb.CLOSE_AND_ABORT) {
      ender.connection.meta().abort();
    }
    net.run(30 * S);

    boolean hasAll = verb != Verb.ABORT && data == Data.UNACKED && peer.finish;
    boolean orderly = verb != Verb.ABORT && data == Data.NONE && peer.finish;
    assertThat(ender.connection.done()).isTrue();
    assertThat(peer.connection.done()).isTrue();
    assertThat(peer.connection.meta().error())
        .isEqualTo(orderly || hasAll ? SocketError.NONE : SocketError.ECONNRESET);
    assertThat(ender.connection.meta().error())
        .isEqualTo(
            orderly
                ? SocketError.NONE
                : verb == Verb.CLOSE_AND_TIMEOUT
                    ? SocketError.ETIMEDOUT
                    : SocketError.ECONNABORTED);
  }
}
