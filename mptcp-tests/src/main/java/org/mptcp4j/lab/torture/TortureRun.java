package org.mptcp4j.lab.torture;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimChannel;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.middlebox.PayloadRewriter;
import org.mptcp4j.testkit.middlebox.TcpBox;

/** One transfer in both directions over two paths through the boxes of a {@link Cell}. */
final class TortureRun implements AutoCloseable {
  private static final int PORT = 80;
  private static final double LONGEST_SECONDS = 2_000;
  private static final LinkProfile PATH =
      LinkProfile.of(20_000_000, millis(5))
          .queueTime(millis(100))
          .superSegments(LinkProfile.SuperSegments.CUT)
          .checksums(LinkProfile.Checksums.COMPUTED);

  /**
   * How it ended.
   *
   * @param complete whether both ends got what TCP would give them, and closed in order
   * @param state what it was at the end: empty when it is not complete
   * @param errors whether both ends were told of a failure
   * @param text for people
   */
  record Outcome(boolean complete, Optional<State> state, boolean errors, String text) {}

  private final SimWorld world;
  private final Cell cell;
  private final byte[] up;
  private final byte[] down;
  private final SimStack clientStack;
  private final SimStack serverStack;
  private Endpoint client;
  private Endpoint server;

  TortureRun(Cell cell, MptcpMode mptcp, long seed, int bytes) {
    this.cell = cell;
    world = new SimWorld(seed);
    SplittableRandom random = new SplittableRandom(seed);
    up = new byte[bytes];
    down = new byte[bytes];
    random.nextBytes(up);
    random.nextBytes(down);
    StackConfig config =
        StackConfig.builder()
            .mptcp(m -> m.mode(mptcp).checksumRequired(cell.box().changesData()))
            .build();
    clientStack = world.stack("client", config);
    serverStack = world.stack("server", config);
    double loss = cell.lossPercent() / 100.0;
    for (int i = 0; i < 2; i++) {
      double ofWire = cell.on(i) ? cell.box().wireLoss(loss) : loss;
      SimLink link = world.path(clientStack, serverStack, PATH.loss(ofWire));
      if (cell.on(i)) {
        attach(link, seed, bytes);
      }
    }
  }

  private void attach(SimLink link, long seed, int bytes) {
    SimChannel forward = link.from(clientStack.host());
    SimChannel backward = link.to(clientStack.host());
    if (cell.forward()) {
      box(seed, bytes).attach(forward, backward, world.allocator());
    }
    if (cell.reverse()) {
      box(seed + 1, bytes).attach(backward, forward, world.allocator());
    }
  }

  private TcpBox box(long seed, int bytes) {
    TcpBox box = cell.box().make(seed, cell.lossPercent() / 100.0);
    return cell.start() == Cell.Start.LATER ? box.fromByte(bytes / 5) : box;
  }

  Outcome run() {
    serverStack.listen(PORT, SocketOptions.defaults(), this::serve);
    client = clientStack.connect(serverStack.at(0, PORT), SocketOptions.defaults());
    client.keeping().write(up).thenShutDown().closeAtEndOfStream();
    world.runUntil(this::bothClosed, seconds(LONGEST_SECONDS));
    boolean inOrder =
        server != null && client.error() == SocketError.NONE && server.error() == SocketError.NONE;
    boolean complete =
        inOrder && is(up, server.receivedBytes()) && is(down, client.receivedBytes());
    boolean errors = failed(client) && (server == null || failed(server));
    Optional<State> state = complete ? Optional.of(state()) : Optional.empty();
    return new Outcome(complete, state, errors, client + "\n" + server + "\n" + world);
  }

  private void serve(Endpoint accepted) {
    server = accepted;
    server.keeping().write(down).thenShutDown().closeAtEndOfStream();
  }

  private boolean bothClosed() {
    return client.closed() && (server == null || server.closed());
  }

  private static boolean failed(Endpoint e) {
    return e.closed() && e.error() != SocketError.NONE;
  }

  private State state() {
    Protocol atClient = client.info().protocol();
    Protocol atServer = server.info().protocol();
    if (atClient == Protocol.TCP) {
      return State.TCP;
    }
    if (atClient != Protocol.MPTCP || atServer != Protocol.MPTCP) {
      return State.FALLBACK;
    }
    if (clientStack.counter("TcpEstabResets") + serverStack.counter("TcpEstabResets") > 0) {
      return State.RESET;
    }
    return serverStack.counter("MPTcpExtMPJoinAckRx") > 0 ? State.MPTCP : State.ONE_PATH;
  }

  /** Whether these are the bytes, perhaps with what a box has inserted. */
  private boolean is(byte[] sent, byte[] received) {
    if (!cell.box().changesData()) {
      return Arrays.equals(sent, received);
    }
    int mark = PayloadRewriter.mark().length;
    int at = 0;
    for (int i = 0; i < sent.length; at++, i++) {
      if (isMark(received, at) && !isMark(sent, i)) {
        at += mark;
      }
      if (at >= received.length || received[at] != sent[i]) {
        return false;
      }
    }
    return at == received.length;
  }

  private static boolean isMark(byte[] bytes, int at) {
    byte[] mark = PayloadRewriter.mark();
    return at + mark.length <= bytes.length
        && Arrays.equals(bytes, at, at + mark.length, mark, 0, mark.length);
  }

  @Override
  public void close() {
    world.close();
  }
}
