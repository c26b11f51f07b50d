package org.mptcp4j.testkit.middlebox;

import java.util.Optional;
import org.mptcp4j.wire.TcpFlags;

/** Joins two neighbours; whatever does not continue the one that waits lets it go. */
final class Joiner implements TcpBox.Flow {
  private final Boxes.Keeps keeps;
  private Optional<TcpPacket> waiting = Optional.empty();

  Joiner(Boxes.Keeps keeps) {
    this.keeps = keeps;
  }

  @Override
  public void forth(TcpPacket p, TcpBox.Out on, TcpBox.Out back) {
    if (waiting.isPresent()) {
      TcpPacket first = waiting.get();
      waiting = Optional.empty();
      if (p.payload().length > 0 && p.seq() == first.end()) {
        on.send(join(first, p));
        return;
      }
      on.send(first);
    }
    // What ends a flight goes on at once: nothing may follow it.
    boolean last = p.has(TcpFlags.PSH) || p.has(TcpFlags.FIN) || p.has(TcpFlags.SYN);
    if (p.payload().length > 0 && !last) {
      waiting = Optional.of(p);
    } else {
      on.send(p);
    }
  }

  private TcpPacket join(TcpPacket first, TcpPacket second) {
    byte[] both = new byte[first.payload().length + second.payload().length];
    System.arraycopy(first.payload(), 0, both, 0, first.payload().length);
    System.arraycopy(second.payload(), 0, both, first.payload().length, second.payload().length);
    TcpPacket joined = second.withSeq(first.seq()).withPayload(both);
    return switch (keeps) {
      case FIRST -> joined.withOptions(first.options());
      case NONE -> joined.withoutMptcp();
      default -> joined;
    };
  }
}
