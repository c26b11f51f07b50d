package org.mptcp4j.link.sim;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.PacketTap;
import org.mptcp4j.link.Segmenter;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.SoftwareChecksum;

/** One direction of a {@link SimLink}: queue, serialisation, faults, propagation. */
public final class SimChannel {
  private static final double NANOS_PER_BYTE_AT_1_BPS = 8e9;

  private final SimNetwork network;
  private final String name;
  private final int number;
  private final SimNode source;
  private final SimNode target;
  private final int targetInterface;
  private final SplittableRandom random;
  private final ChannelCounters counters = new ChannelCounters();
  private final List<PacketTap> sentTaps = new ArrayList<>();
  private final List<PacketTap> deliveredTaps = new ArrayList<>();
  private final List<Middlebox> middleboxes = new ArrayList<>();
  private final Packet scratch = new Packet();
  private final Packet completed = new Packet();
  private final Segmenter segmenter = new Segmenter();
  private LinkProfile profile;
  private boolean passing = true;
  private boolean inBurst;
  private int epoch;
  private long busyUntilNs;

  SimChannel(
      SimNetwork network,
      String name,
      SimNode source,
      SimNode target,
      int targetInterface,
      LinkProfile profile) {
    this.network = network;
    this.name = name;
    this.number = network.nextChannelNumber();
    this.source = source;
    this.target = target;
    this.targetInterface = targetInterface;
    this.random = network.splitRandom();
    this.profile = profile;
  }

  /** The properties it has now. */
  public LinkProfile profile() {
    return profile;
  }

  /** Gives it other properties, for the packets that come from now on. */
  public void profile(LinkProfile newProfile) {
    this.profile = newProfile;
  }

  /** Its counters, live. */
  public ChannelCounters counters() {
    return counters;
  }

  /** Adds a box that every packet passes when it enters the channel, after those added before. */
  public void middlebox(Middlebox box) {
    middleboxes.add(box);
  }

  /** Shows the tap every packet that enters the channel, before boxes and faults. */
  public void tapSent(PacketTap tap) {
    sentTaps.add(tap);
  }

  /** Shows the tap every packet that comes out. */
  public void tapDelivered(PacketTap tap) {
    deliveredTaps.add(tap);
  }

  void passing(boolean nowPassing) {
    if (passing && !nowPassing) {
      epoch++;
      busyUntilNs = network.nowNs();
    }
    passing = nowPassing;
  }

  /** Takes the contents of a packet that a host sends; the slot is empty afterwards. */
  void send(Packet p) {
    if (isCut(p.header(), p.gsoSize())) {
      segmenter.begin(p);
      while (segmenter.next(network.allocator(), scratch)) {
        enter(scratch);
      }
      p.release();
    } else {
      enter(p);
    }
  }

  /** Whether a super-segment goes on in pieces: also where not all of them may be too large. */
  private boolean isCut(ByteBuf header, int gsoSize) {
    return gsoSize > 0
        && (profile.superSegments() == LinkProfile.SuperSegments.CUT
            || Datagrams.isTcp(header) && Datagrams.headerBytes(header) + gsoSize > profile.mtu());
  }

  /** Takes a frame from a router. */
  void forward(Frame frame) {
    if (isCut(frame.data, frame.gsoSize)) {
      Packet whole = new Packet();
      frame.moveTo(whole);
      network.recycle(frame);
      send(whole);
    } else {
      enter(frame);
    }
  }

  /**
   * Takes the contents of a packet that a box of this channel, or of the other direction, made: it
   * goes on behind the boxes. A box may call it while it looks at another packet, which then
   * follows.
   *
   * @param p a whole datagram with its checksum, no larger than the MTU where that matters
   */
  public void inject(Packet p) {
    Frame frame = network.newFrame();
    frame.takeFrom(p, network.allocator());
    int wireBytes = frame.wireBytes();
    counters.offered(wireBytes);
    if (!passing) {
      drop(frame, DropReason.LINK_DOWN);
    } else if (queueHasRoom(network.nowNs(), wireBytes)) {
      propagate(frame, wireBytes);
    } else {
      drop(frame, DropReason.QUEUE_FULL);
    }
  }

  private void enter(Packet p) {
    Frame frame = network.newFrame();
    frame.takeFrom(p, network.allocator());
    enter(frame);
  }

  private void enter(Frame frame) {
    if (!Datagrams.plausible(frame.data)) {
      drop(frame, DropReason.MALFORMED);
      return;
    }
    long nowNs = network.nowNs();
    TraceHash trace = network.trace();
    trace.add(nowNs);
    trace.add(((long) number << 32) | frame.length());
    trace.add(frame.data.nioBuffer());
    int wireBytes = frame.wireBytes();
    counters.offered(wireBytes);
    show(sentTaps, frame);
    DropReason refused = refuse(nowNs, frame, wireBytes);
    if (refused != null) {
      if (refused == DropReason.TOO_BIG) {
        source.tooBig(frame, profile.mtu());
      }
      drop(frame, refused);
      return;
    }
    if (profile.checksums() == LinkProfile.Checksums.COMPUTED) {
      complete(frame);
    }
    propagate(frame, wireBytes);
  }

  private @Nullable DropReason refuse(long nowNs, Frame frame, int wireBytes) {
    if (!passing) {
      return DropReason.LINK_DOWN;
    }
    if (network.partitioned(frame)) {
      return DropReason.PARTITION;
    }
    if (!middleboxes.isEmpty() && !passMiddleboxes(nowNs, frame)) {
      return DropReason.MIDDLEBOX;
    }
    if (frame.gsoSize == 0 && frame.length() > profile.mtu()) {
      return DropReason.TOO_BIG;
    }
    return queueHasRoom(nowNs, wireBytes) ? null : DropReason.QUEUE_FULL;
  }

  private boolean queueHasRoom(long nowNs, int wireBytes) {
    double backlogBytes = backlogBytes(nowNs);
    return backlogBytes <= 0
        || profile.queueBytes() == Long.MAX_VALUE
        || backlogBytes + wireBytes <= profile.queueBytes();
  }

  private double backlogBytes(long nowNs) {
    return (busyUntilNs - nowNs) / NANOS_PER_BYTE_AT_1_BPS * profile.rateBitsPerSecond();
  }

  private boolean passMiddleboxes(long nowNs, Frame frame) {
    frame.moveTo(scratch);
    boolean pass = true;
    for (int i = 0; pass && i < middleboxes.size(); i++) {
      pass = middleboxes.get(i).process(nowNs, scratch) == Middlebox.Verdict.FORWARD;
    }
    frame.takeFrom(scratch, network.allocator());
    return pass;
  }

  /** Serialisation, then the faults of the wire in a fixed order of draws, then propagation. */
  private void propagate(Frame frame, int wireBytes) {
    long nowNs = network.nowNs();
    boolean marks = backlogBytes(nowNs) > profile.markAboveBytes() || happens(profile.mark());
    if (marks && Datagrams.mark(frame.data)) {
      counters.marked();
    }
    long departureNs = Math.max(nowNs, busyUntilNs);
    if (profile.rateBitsPerSecond() > 0) {
      departureNs += (long) (wireBytes * NANOS_PER_BYTE_AT_1_BPS / profile.rateBitsPerSecond());
      busyUntilNs = departureNs;
    }
    if (isLost()) {
      drop(frame, DropReason.LOSS);
      return;
    }
    long arrivalNs = departureNs + profile.delayNs();
    if (happens(profile.reorder()) && profile.reorderDelayNs() > 0) {
      arrivalNs += 1 + random.nextLong(profile.reorderDelayNs());
    }
    if (happens(profile.corrupt())) {
      corrupt(frame);
    }
    if (happens(profile.duplicate())) {
      Frame copy = network.newFrame();
      copy.copyOf(frame);
      arrive(copy, arrivalNs);
    }
    arrive(frame, arrivalNs);
  }

  private void arrive(Frame frame, long arrivalNs) {
    frame.channel = this;
    frame.epoch = epoch;
    network.schedule(frame, arrivalNs);
  }

  private boolean isLost() {
    if (profile.burstEnter() > 0) {
      inBurst = inBurst ? !happens(profile.burstLeave()) : happens(profile.burstEnter());
      if (inBurst && happens(profile.burstLoss())) {
        return true;
      }
    }
    return happens(profile.loss());
  }

  private boolean happens(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  private void corrupt(Frame frame) {
    complete(frame);
    frame.gsoSize = 0;
    ByteBuf data = frame.data;
    int at = data.readerIndex() + random.nextInt(data.readableBytes());
    int flipped = data.getByte(at) ^ (1 << random.nextInt(8));
    // After another hop's, a second flip could make the sum right again, and nobody would see it.
    if (!isDamaged(data)) {
      data.setByte(at, flipped);
    }
  }

  private static boolean isDamaged(ByteBuf datagram) {
    ParseVerdict seen = new RxSegment().parse(datagram, ChecksumState.UNVERIFIED, 0);
    return switch (seen) {
      case BAD_CHECKSUM, BAD_HEADER, TRUNCATED -> true;
      case OK, NOT_TCP, FRAGMENT -> false;
    };
  }

  /** Makes the checksum full and forgets that it is right. */
  private void complete(Frame frame) {
    frame.moveTo(completed);
    SoftwareChecksum.complete(completed);
    frame.takeFrom(completed, network.allocator());
    frame.checksum = ChecksumState.UNVERIFIED;
  }

  void deliver(Frame frame) {
    if (frame.epoch != epoch || !passing) {
      drop(frame, DropReason.LINK_DOWN);
      return;
    }
    network.trace().add(network.nowNs());
    network.trace().add(number);
    counters.delivered(frame.wireBytes());
    show(deliveredTaps, frame);
    target.receive(frame, targetInterface);
  }

  private void show(List<PacketTap> taps, Frame frame) {
    if (taps.isEmpty()) {
      return;
    }
    frame.moveTo(scratch);
    for (int i = 0; i < taps.size(); i++) {
      taps.get(i).packet(network.nowNs(), scratch);
    }
    frame.takeFrom(scratch, network.allocator());
  }

  private void drop(Frame frame, DropReason reason) {
    counters.dropped(reason);
    network.discard(frame);
  }

  @Override
  public String toString() {
    return name + " " + counters;
  }
}
