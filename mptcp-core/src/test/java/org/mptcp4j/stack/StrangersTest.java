package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.StackUsage;
import org.mptcp4j.mptcp.MptcpCrypto;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** Segments with sources that cannot be, or that are another's: every kind in every state. */
class StrangersTest {
  private static final int PORT = 80;
  private static final int VICTIM_PORT = 1000;
  private static final int RESETS = 20;
  private static final long KEY = 0x1122334455667788L;
  private static final MptcpCrypto CRYPTO = new MptcpCrypto();

  private static final List<String> V4 =
      List.of(
          "127.0.0.1",
          "10.0.1.255",
          "10.0.1.0",
          "255.255.255.255",
          "0.0.0.0",
          "240.0.0.1",
          "224.0.0.1",
          "10.0.1.2");
  private static final List<String> V6 = List.of("::1", "::", "ff02::1", "fd00:1::2");

  /** What is sent. */
  enum Kind {
    SYN(TcpFlags.SYN),
    SYN_CAPABLE(TcpFlags.SYN),
    JOIN(TcpFlags.SYN),
    JOIN_UNKNOWN(TcpFlags.SYN),
    ACK(TcpFlags.ACK),
    DATA(TcpFlags.ACK),
    SYN_ACK(TcpFlags.SYN | TcpFlags.ACK),
    FIN(TcpFlags.FIN | TcpFlags.ACK),
    RST(TcpFlags.RST);

    private final int flags;

    Kind(int flags) {
      this.flags = flags;
    }

    void send(Server to, String from, int port) {
      TxSegment s = RawHost.segment(from, port, to.address, PORT).seq(77).ack(88).window(1000);
      s.flags(flags);
      switch (this) {
        case SYN_CAPABLE -> s.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
        case JOIN -> s.options().mptcp(new MpJoinSyn(false, 1, to.token(), 5));
        case JOIN_UNKNOWN -> s.options().mptcp(new MpJoinSyn(false, 1, ~to.token(), 5));
        case DATA -> s.addPayload(Unpooled.wrappedBuffer(new byte[100]), 0, 100);
        default -> {
          // Nothing more is in it.
        }
      }
      to.peer.send(to.now, s);
    }
  }

  /** Whether there is room for half-open connections. */
  enum Room {
    FREE,
    FULL
  }

  /** A server with a connection of a peer, or without. */
  private static final class Server implements AutoCloseable {
    final String address;
    final String peerAddress;
    final MptcpStack stack;
    final RawHost peer;
    final MptcpServerSocket listener;
    long now = 1_000_000_000L;
    private long key;

    Server(boolean v4, int halfOpen) throws MptcpException {
      address = v4 ? "10.0.1.2" : "fd00:1::2";
      peerAddress = v4 ? "10.0.9.1" : "fd00:9::1";
      stack =
          MptcpStack.builder()
              .seed(1)
              .config(
                  StackConfig.builder()
                      .limits(l -> l.halfOpen(halfOpen).resetsPerSecond(RESETS))
                      .build())
              .link(0, 1500)
              .address(0, "10.0.1.2/24")
              .address(0, "fd00:1::2/64")
              .build();
      peer = new RawHost(stack);
      listener = stack.listen(TwoHosts.at(address, PORT), 16);
    }

    int token() {
      return CRYPTO.token(key);
    }

    MptcpSocket connect(boolean mptcp) {
      TxSegment syn = RawHost.segment(peerAddress, VICTIM_PORT, address, PORT).seq(500);
      syn.flags(TcpFlags.SYN).window(1000);
      if (mptcp) {
        syn.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
      }
      peer.send(now, syn);
      int[] iss = new int[1];
      peer.expectSegment(
          now,
          s -> {
            iss[0] = s.seq();
            MpCapable capable = s.options().mptcp(MpCapable.class);
            key = capable == null ? 0 : capable.senderKey();
          });
      TxSegment ack = RawHost.segment(peerAddress, VICTIM_PORT, address, PORT).seq(501);
      ack.ack(iss[0] + 1).flags(TcpFlags.ACK).window(1000);
      if (mptcp) {
        ack.options().mptcp(MpCapable.ack(MpCapable.HMAC_SHA256, KEY, key));
      }
      peer.send(now, ack);
      for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
        assertThat(event.type()).isNotNull();
      }
      drain("");
      return listener.accept();
    }

    void fill() {
      peer.send(now, RawHost.segment(peerAddress, 7, address, PORT).flags(TcpFlags.SYN).seq(1));
      drain("");
    }

    /** Resets that leave for an address; others leave, too. */
    int drain(String to) {
      return peer.takeAll(now, s -> s.rst() && s.dst().toString().equals(to));
    }

    @Override
    public void close() {
      stack.close();
    }
  }

  static Stream<Arguments> impossible() {
    List<Arguments> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Room room : Room.values()) {
        V4.forEach(source -> all.add(Arguments.of(source, kind, room, true)));
        V6.forEach(source -> all.add(Arguments.of(source, kind, room, false)));
      }
    }
    return all.stream();
  }

  // RFC 1122 sections 3.2.1.3 and 4.2.3.10; with our own port too, which some stacks answered for
  // ever.
  @ParameterizedTest
  @MethodSource("impossible")
  void impossibleSourcesCauseNothing(String source, Kind kind, Room room, boolean v4)
      throws Exception {
    try (Server server = new Server(v4, 1)) {
      server.connect(true);
      if (room == Room.FULL) {
        server.fill();
        assertThat(server.stack.usage().halfOpen()).isEqualTo(1);
      }
      StackUsage before = server.stack.usage();
      for (int port : new int[] {PORT, 1}) {
        kind.send(server, source, port);
      }
      server.peer.expectNothing(server.now);
      assertThat(server.stack.usage()).isEqualTo(before);
      assertThat(server.stack.counters()).containsEntry("IpInAddrErrors", 2L);
    }
  }

  static Stream<Arguments> forged() {
    List<Arguments> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (boolean v4 : new boolean[] {true, false}) {
        for (boolean mptcp : new boolean[] {true, false}) {
          all.add(Arguments.of(kind, v4, mptcp));
        }
      }
    }
    return all.stream();
  }

  // RFC 5961 section 10: what is left of a budget for one must not tell what came for another.
  @ParameterizedTest
  @MethodSource("forged")
  void nobodyLearnsOfAnothersConnection(Kind kind, boolean v4, boolean mptcp) throws Exception {
    assertThat(answersToProbes(kind, v4, mptcp, true))
        .isEqualTo(answersToProbes(kind, v4, mptcp, false))
        .isPositive();
  }

  /** Own resets that an attacker counts after forged segments of somebody else. */
  private static int answersToProbes(Kind kind, boolean v4, boolean mptcp, boolean connected)
      throws Exception {
    try (Server server = new Server(v4, 16)) {
      if (connected) {
        server.connect(mptcp);
      }
      String attacker = v4 ? "10.0.66.6" : "fd00:66::6";
      int answers = 0;
      for (int i = 0; i < RESETS / 2; i++) {
        kind.send(server, server.peerAddress, VICTIM_PORT);
        TxSegment probe = RawHost.segment(attacker, 1 + i, server.address, PORT + 1);
        server.peer.send(server.now, probe.seq(1).flags(TcpFlags.SYN).window(1));
        answers += server.drain(attacker);
      }
      return answers;
    }
  }
}
