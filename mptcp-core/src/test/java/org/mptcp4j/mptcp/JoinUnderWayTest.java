package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.SocketError;

/**
 * Options begin to vanish on the only path of a connection while a second subflow is in its
 * handshake, so that the two ends do not agree on whether the first is the only one: RFC 8684
 * section 3.7. Whatever comes of it, every byte arrives once, or both ends hear of an error.
 */
class JoinUnderWayTest {
  private static final long S = 1_000 * TestNet.MS;
  private static final int FIRST = 10_000;

  /** What is on its way, and does not arrive for a while. */
  enum Missing {
    SYN,
    SYN_ACK,
    THIRD_ACK,
    FOURTH_ACK;

    /** Whether the end that joins knows that the other cannot have taken it into use. */
    boolean bothEndsKnow() {
      return this == SYN || this == SYN_ACK;
    }

    boolean hits(ByteBuf datagram) {
      boolean fromClient = Cutter.isFromClient(datagram);
      return switch (this) {
        case SYN -> fromClient;
        case SYN_ACK -> !fromClient;
        case THIRD_ACK -> fromClient && !Cutter.isSyn(datagram);
        case FOURTH_ACK -> !fromClient && !Cutter.isSyn(datagram);
      };
    }
  }

  /** On which segments. */
  enum What {
    ACKS,
    DATA,
    ALL;

    boolean has(ByteBuf datagram) {
      return this == ALL || (this == DATA) == Cutter.payload(datagram) > 0;
    }
  }

  /**
   * One case.
   *
   * @param silentMs how long that is missing, which is more than a time-out, or for ever
   * @param way whose options are lost
   * @param up what the client has to send still, and down the server
   * @param end who ends first, and the other when it has heard of that
   */
  record Setting(
      Missing missing,
      int silentMs,
      Way way,
      What what,
      int up,
      int down,
      Way end,
      boolean checksums) {}

  private static List<Setting> settings(Missing missing) {
    List<Setting> all = new ArrayList<>();
    int[][] sizes = {{0, 0}, {700, 0}, {0, 700}, {20_000, 100_000}};
    for (int silentMs : new int[] {150, 700_000}) {
      for (Way way : Way.values()) {
        for (What what : What.values()) {
          for (int[] size : sizes) {
            for (Way end : Way.values()) {
              boolean checksums = all.size() % 2 == 0;
              all.add(new Setting(missing, silentMs, way, what, size[0], size[1], end, checksums));
            }
          }
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource
  void everyByteArrivesOnceOrBothEndsHearOfIt(Missing missing) {
    List<String> wrong = new ArrayList<>();
    for (Setting setting : settings(missing)) {
      new Run(setting).violations().forEach(w -> wrong.add(setting + ": " + w));
    }
    assertThat(wrong).isEmpty();
  }

  /** One connection. */
  private static final class Run {
    private final Setting setting;
    private final TestNet net = new TestNet(1, 2);
    private final TestApp client;
    private final TestApp server;

    Run(Setting setting) {
      this.setting = setting;
      net.client.config =
          TestHost.config(c -> c.mptcp(m -> m.checksumRequired(setting.checksums())));
      net.server.acceptedFinish = false;
      net.paths[1].drop = setting.missing()::hits;
      client = net.client.connect(net.server, new TestApp(net).sends(FIRST));
      client.finish = false;
      net.run(S / 10);
      server = net.server.apps.get(0);
    }

    private boolean strip(ByteBuf datagram) {
      if (setting.way().has(datagram) && setting.what().has(datagram)) {
        Cutter.blankMptcp(datagram);
      }
      return false;
    }

    List<String> violations() {
      net.paths[0].drop = this::strip;
      net.at(net.nowNs() + setting.silentMs() * TestNet.MS, () -> net.paths[1].drop = d -> false);
      client.sends(FIRST + setting.up()).finish = setting.end() != Way.DOWN;
      server.sends(setting.down()).finish = setting.end() != Way.UP;
      net.runUntil(this::oneHasEnded, net.nowNs() + 5 * S);
      client.finish = true;
      server.finish = true;
      net.runUntil(this::done, net.nowNs() + 3_000 * S);
      List<String> wrong = new ArrayList<>();
      if (!done()) {
        wrong.add("not done");
      }
      if (setting.missing().bothEndsKnow() && anyError()) {
        wrong.add("it could have gone on as TCP");
      }
      check("up: ", client, server, wrong);
      check("down: ", server, client, wrong);
      net.close();
      if (client.leaked() + server.leaked() > 0) {
        wrong.add("buffers leaked");
      }
      return wrong;
    }

    private boolean oneHasEnded() {
      return setting.end() == Way.UP && server.connection.meta().endOfStream()
          || setting.end() == Way.DOWN && client.connection.meta().endOfStream();
    }

    private boolean anyError() {
      return client.connection.meta().error() != SocketError.NONE
          || server.connection.meta().error() != SocketError.NONE;
    }

    private boolean done() {
      return client.connection.done() && server.connection.done();
    }

    private static void check(String way, TestApp from, TestApp to, List<String> wrong) {
      MetaSock writer = from.connection.meta();
      MetaSock reader = to.connection.meta();
      if (to.wrongAt >= 0 || to.received > from.sent) {
        wrong.add(way + "wrong at " + to.wrongAt + ", " + to.received + " of " + from.sent);
      }
      if (writer.bytesAcked() > to.received) {
        wrong.add(way + writer.bytesAcked() + " acknowledged, " + to.received + " read");
      }
      boolean silent =
          writer.error() == SocketError.NONE
              || reader.error() == SocketError.NONE
              || reader.endOfStream();
      if (to.received < from.sent && silent) {
        wrong.add(way + to.received + " of " + from.sent + " without an error");
      }
    }
  }
}
