package org.mptcp4j.link.pcap;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;

/**
 * Who has which MAC address, for both families, bounded: the neighbour used longest ago gives way.
 * Each unresolved neighbour holds a few packets that wait for it.
 */
final class NeighbourCache {
  /** What to do with a packet for a neighbour. */
  enum Verdict {
    /** Send it, the address is fresh. */
    SEND,
    /** Send it, and ask again because the address is getting old. */
    SEND_AND_ASK,
    /** Keep it and ask. */
    WAIT_AND_ASK,
    /** Keep it, the question is out. */
    WAIT
  }

  // RFC 4861 section 10: REACHABLE_TIME 30 s, RETRANS_TIMER 1 s
  static final long REACHABLE_NS = TimeUnit.SECONDS.toNanos(30);
  static final long RETRANS_NS = TimeUnit.SECONDS.toNanos(1);

  /** How long an unconfirmed address is still used. */
  static final long EXPIRY_NS = TimeUnit.SECONDS.toNanos(120);

  /** Packets that wait for one neighbour. */
  static final int MAX_WAITING = 16;

  /** One neighbour. */
  static final class Entry {
    private final Queue<Packet> waiting = new ArrayDeque<>();
    private @Nullable MacAddress mac;
    private long confirmedNs;
    private long askedNs;
    private boolean asked;

    /** Its MAC address, null while unknown. */
    @Nullable MacAddress mac() {
      return mac;
    }

    /** Its MAC address, which a verdict said to send to. */
    MacAddress target() {
      return Objects.requireNonNull(mac, "the address is not known yet");
    }

    /** The next packet that waited, null when there is none; the caller owns it. */
    @Nullable Packet pollWaiting() {
      return waiting.poll();
    }

    private void dropWaiting() {
      waiting.forEach(Packet::release);
      waiting.clear();
    }
  }

  private final int limit;
  private final Map<IpAddress, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  NeighbourCache(int limit) {
    this.limit = limit;
  }

  /** The neighbour, created when new. */
  Entry entry(IpAddress address) {
    Entry entry = entries.get(address);
    if (entry == null) {
      entry = new Entry();
      entries.put(address, entry);
      if (entries.size() > limit) {
        Iterator<Entry> eldest = entries.values().iterator();
        eldest.next().dropWaiting();
        eldest.remove();
      }
    }
    return entry;
  }

  /** The neighbour if it is known here, else null. */
  @Nullable Entry find(IpAddress address) {
    return entries.get(address);
  }

  int size() {
    return entries.size();
  }

  /** What to do now with a packet for this neighbour; counts as asked when the verdict says so. */
  Verdict use(long nowNs, Entry entry) {
    if (entry.mac != null && nowNs - entry.confirmedNs > EXPIRY_NS) {
      entry.mac = null;
    }
    boolean fresh = entry.mac != null && nowNs - entry.confirmedNs <= REACHABLE_NS;
    if (fresh) {
      return Verdict.SEND;
    }
    boolean ask = !entry.asked || nowNs - entry.askedNs >= RETRANS_NS;
    if (ask) {
      entry.asked = true;
      entry.askedNs = nowNs;
    }
    if (entry.mac != null) {
      return ask ? Verdict.SEND_AND_ASK : Verdict.SEND;
    }
    return ask ? Verdict.WAIT_AND_ASK : Verdict.WAIT;
  }

  /** Keeps a packet; false when an older one had to go for it. Takes the contents. */
  boolean hold(Entry entry, Packet packet) {
    // RFC 4861 section 7.2.2: when the queue overflows, the new packet replaces the oldest
    boolean room = entry.waiting.size() < MAX_WAITING;
    if (!room) {
      entry.waiting.remove().release();
    }
    Packet kept = new Packet();
    packet.moveTo(kept);
    entry.waiting.add(kept);
    return room;
  }

  /** The neighbour has told its MAC address. */
  void confirm(long nowNs, Entry entry, MacAddress mac) {
    entry.mac = mac;
    entry.confirmedNs = nowNs;
    entry.asked = false;
  }

  void clear() {
    entries.values().forEach(Entry::dropWaiting);
    entries.clear();
  }
}
