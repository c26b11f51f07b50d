package org.mptcp4j.lab.bench;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.link.tun.TunAddress;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunException;
import org.mptcp4j.link.tun.TunLink;
import org.mptcp4j.link.tun.TunOptions;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * The attacker of {@code mptcp-lab flood}, a program of its own: packets of one kind at a rate,
 * from all addresses of a TUN device of its own, behind which it answers what it has to.
 */
public final class FloodSender {
  private static final int BURST = 256;
  private static final long OPENING_NS = 4_000_000_000L;
  private static final int GOODBYES = 5;
  private static final long GOODBYE_NS = 300_000_000L;
  private static final long FILLING_NS = 1_500_000_000L;

  private final TunLink link;
  private final FloodPeer peer;
  private final PacketBatch in = new PacketBatch(BURST);
  private final Packet out = new Packet();
  private final TxSegment segment = new TxSegment();
  private final RxSegment seen = new RxSegment();
  private long sent;
  private long answers;
  private volatile boolean ended;

  private FloodSender(TunLink link, FloodPeer peer) {
    this.link = link;
    this.peer = peer;
  }

  /**
   * Floods until the standard input ends; prints a line that begins with {@code listening} when it
   * begins, and what it did at the end.
   *
   * @param args device and network, kind, address, port, packets per second
   */
  public static void main(String[] args) {
    try (TunDevice device =
        TunDevice.open(TunOptions.named(args[0]).withAddress(TunAddress.parse(args[1])))) {
      device.up();
      TunLink link = new TunLink(device, PooledByteBufAllocator.DEFAULT);
      FloodKind kind = FloodKind.valueOf(args[2].toUpperCase(Locale.ROOT));
      IpAddress target = IpAddress.parse(args[3]);
      FloodPeer peer =
          new FloodPeer(
              kind,
              TunAddress.parse(args[1]).local(),
              target,
              Integer.parseInt(args[4]),
              new SplittableRandom(kind.ordinal()));
      FloodSender sender = new FloodSender(link, peer);
      Thread reader = new Thread(sender::waitForTheEnd, "end of input");
      reader.setDaemon(true);
      reader.start();
      sender.run(Integer.parseInt(args[5]));
    } catch (TunException e) {
      throw LabException.failed(e.getMessage(), e);
    }
  }

  private void waitForTheEnd() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      System.err.println("the input: " + e.getMessage());
    }
    ended = true;
  }

  private void run(int perSecond) {
    long begin = System.nanoTime();
    long retryNs = begin;
    while (!peer.isOpen() && System.nanoTime() - begin < OPENING_NS) {
      // What was not answered is asked again, as clients do.
      if (System.nanoTime() >= retryNs) {
        for (int i = 0; i < peer.size(); i++) {
          if (peer.syn(i, segment)) {
            send();
            listen();
          }
        }
        retryNs += 1_000_000_000L;
      }
      listen();
    }
    begin = System.nanoTime();
    while (peer.fills() && System.nanoTime() - begin < FILLING_NS) {
      listen();
    }
    peer.attack();
    System.out.println("listening for answers on " + link.name());
    flood(perSecond);
    leave();
    System.out.printf(
        Locale.ROOT, "sent=%d answers=%d connections=%d%n", sent, answers, peer.opened());
  }

  /** Resets its connections; again, since what still queues up behind the flood may be dropped. */
  private void leave() {
    for (int round = 0; round < GOODBYES; round++) {
      LockSupport.parkNanos(GOODBYE_NS);
      for (int i = 0; i < peer.size(); i++) {
        if (peer.reset(i, segment)) {
          send();
        }
      }
      listen();
    }
  }

  private void flood(int perSecond) {
    long begin = System.nanoTime();
    long first = sent;
    while (!ended) {
      long age = System.nanoTime() - begin;
      long due = (long) (age * 1e-9 * perSecond) - (sent - first);
      for (int i = 0; i < Math.min(due, BURST); i++) {
        peer.next(segment);
        send();
      }
      listen();
    }
  }

  private void listen() {
    int received = link.receive(in);
    for (int i = 0; i < in.size(); i++) {
      if (seen.parse(in.get(i)) == ParseVerdict.OK) {
        answers++;
        if (peer.onSegment(seen, segment)) {
          send();
        }
      }
    }
    in.clear();
    if (received <= 0) {
      LockSupport.parkNanos(100_000);
    }
  }

  private void send() {
    segment.encodeInto(out, PooledByteBufAllocator.DEFAULT);
    if (!link.send(out)) {
      out.release();
    }
    sent++;
  }
}
