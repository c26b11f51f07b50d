package org.mptcp4j.stack;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.tcp.FourTuple;

/**
 * From the addresses and ports of a segment to what it belongs to: open addressing with linear
 * probing over hashes. The addresses are those that each flow has anyway, so that a flow takes
 * eight bytes a slot. A lookup allocates nothing. The hash is keyed, so that a peer cannot choose
 * ports that collide.
 *
 * @param <V> what a flow belongs to
 */
final class FlowTable<V extends FlowTable.Flow> {
  /** What can be found by its ends. */
  interface Flow {
    /** Both ends; never change. */
    FourTuple tuple();
  }

  private static final int INITIAL_SLOTS = 64;

  private final long key0;
  private final long key1;
  private int[] hashes = new int[INITIAL_SLOTS];
  private Object[] values = new Object[INITIAL_SLOTS];
  private int size;

  /**
   * Creates an empty table.
   *
   * @param key0 first half of the random hash key
   * @param key1 second half of the random hash key
   */
  FlowTable(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** The number of flows. */
  int size() {
    return size;
  }

  /**
   * Finds a flow.
   *
   * @param localHi upper half of the local address
   * @param localLo lower half of the local address
   * @param remoteHi upper half of the remote address
   * @param remoteLo lower half of the remote address
   * @param ports both ports, as {@link #ports} packs them
   * @return what it belongs to, or {@code null}
   */
  V get(long localHi, long localLo, long remoteHi, long remoteLo, int ports) {
    return value(find(localHi, localLo, remoteHi, remoteLo, ports));
  }

  /**
   * Adds a flow, or replaces the one with the same ends.
   *
   * @param value not {@code null}
   * @return the one before, or {@code null}
   */
  V put(V value) {
    int slot = find(value.tuple());
    V old = value(slot);
    values[slot] = value;
    if (old == null) {
      hashes[slot] = hash(value.tuple());
      size++;
      if (size * 2 > values.length) {
        resize(values.length * 2);
      }
    }
    return old;
  }

  /**
   * Removes a flow.
   *
   * @return what it belonged to, or {@code null} when it was not there
   */
  V remove(FourTuple ends) {
    int slot = find(ends);
    V old = value(slot);
    if (old != null) {
      size--;
      closeGap(slot);
      if (values.length > INITIAL_SLOTS && size * 8 < values.length) {
        resize(values.length / 2);
      }
    }
    return old;
  }

  /** All values, in no particular but reproducible order. */
  List<V> values() {
    List<V> all = new ArrayList<>(size);
    for (int slot = 0; slot < values.length; slot++) {
      if (values[slot] != null) {
        all.add(value(slot));
      }
    }
    return all;
  }

  /** Forgets everything. */
  void clear() {
    hashes = new int[INITIAL_SLOTS];
    values = new Object[INITIAL_SLOTS];
    size = 0;
  }

  /** Packs two ports into one key. */
  static int ports(int localPort, int remotePort) {
    return localPort << 16 | remotePort;
  }

  @SuppressWarnings("unchecked")
  private V value(int slot) {
    return (V) values[slot];
  }

  private int find(FourTuple t) {
    return find(
        t.local().hi(),
        t.local().lo(),
        t.remote().hi(),
        t.remote().lo(),
        ports(t.localPort(), t.remotePort()));
  }

  /** The slot of the key, or the empty slot where it would go. */
  private int find(long localHi, long localLo, long remoteHi, long remoteLo, int ports) {
    int mask = values.length - 1;
    int hash = hash(localHi, localLo, remoteHi, remoteLo, ports);
    int slot = hash & mask;
    while (values[slot] != null) {
      if (hashes[slot] == hash) {
        FourTuple t = value(slot).tuple();
        if (ports(t.localPort(), t.remotePort()) == ports
            && is(t.remote(), remoteHi, remoteLo)
            && is(t.local(), localHi, localLo)) {
          break;
        }
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static boolean is(IpAddress address, long hi, long lo) {
    return address.lo() == lo && address.hi() == hi;
  }

  /** Moves back what was displaced past the emptied slot, so that no search ends too early. */
  private void closeGap(int emptied) {
    int mask = values.length - 1;
    int gap = emptied;
    int slot = gap;
    while (true) {
      slot = (slot + 1) & mask;
      if (values[slot] == null) {
        break;
      }
      int home = hashes[slot] & mask;
      if (((slot - home) & mask) >= ((slot - gap) & mask)) {
        values[gap] = values[slot];
        hashes[gap] = hashes[slot];
        gap = slot;
      }
    }
    values[gap] = null;
  }

  private void resize(int slots) {
    final int[] oldHashes = hashes;
    final Object[] oldValues = values;
    hashes = new int[slots];
    values = new Object[slots];
    int mask = slots - 1;
    for (int from = 0; from < oldValues.length; from++) {
      if (oldValues[from] != null) {
        int to = oldHashes[from] & mask;
        while (values[to] != null) {
          to = (to + 1) & mask;
        }
        values[to] = oldValues[from];
        hashes[to] = oldHashes[from];
      }
    }
  }

  private int hash(FourTuple t) {
    return hash(
        t.local().hi(),
        t.local().lo(),
        t.remote().hi(),
        t.remote().lo(),
        ports(t.localPort(), t.remotePort()));
  }

  private int hash(long localHi, long localLo, long remoteHi, long remoteLo, int ports) {
    long h = fold(remoteLo ^ key0, ports ^ key1);
    h = fold(h ^ remoteHi, localLo ^ key0);
    h = fold(h ^ localHi, key1 | 1);
    return (int) (h ^ h >>> 32);
  }

  /** Both halves of the 128-bit product, combined. */
  private static long fold(long a, long b) {
    return a * b ^ Math.multiplyHigh(a, b);
  }
}
