package org.mptcp4j.testkit.middlebox;

import java.util.Optional;
import java.util.SplittableRandom;
import org.mptcp4j.wire.TcpFlags;

/** Acknowledges what goes by in order, in the name of who will get it. */
final class EarlyAcks implements TcpBox.Flow {
  private final double loss;
  private final SplittableRandom random;
  private Optional<TcpPacket> last = Optional.empty(); // of the other direction
  private int next;
  private boolean begun;

  EarlyAcks(double loss, SplittableRandom random) {
    this.loss = loss;
    this.random = random;
  }

  @Override
  public void forth(TcpPacket p, TcpBox.Out on, TcpBox.Out back) {
    if (random.nextDouble() < loss) {
      return;
    }
    on.send(p);
    if (!begun) {
      begun = true;
      next = p.seq() + (p.has(TcpFlags.SYN) ? 1 : 0);
    }
    if (p.payload().length == 0 || p.seq() != next) {
      return;
    }
    next = p.end();
    last.filter(other -> !other.has(TcpFlags.SYN)).ifPresent(other -> back.send(ack(other, p)));
  }

  private TcpPacket ack(TcpPacket other, TcpPacket data) {
    return other
        .withSeq(other.end())
        .withPayload(new byte[0])
        .withAck(next)
        .withFlags(TcpFlags.ACK)
        .withOptions(TcpPacket.timestamps(other, data));
  }

  @Override
  public void back(TcpPacket p, TcpBox.Out on) {
    if (random.nextDouble() < loss) {
      return;
    }
    boolean newer = last.isEmpty() || p.end() - last.get().end() >= 0;
    if (newer && p.has(TcpFlags.ACK) && !p.has(TcpFlags.FIN) && !p.has(TcpFlags.RST)) {
      last = Optional.of(p);
    }
    on.send(p);
  }
}
