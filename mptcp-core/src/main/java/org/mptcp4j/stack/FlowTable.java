package org.mptcp4j.stack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From the addresses and ports of a segment to what it belongs to: open addressing with linear
 * probing over primitive keys. A lookup allocates nothing and touches two cache lines in the usual
 * case. The hash is keyed, so that a peer cannot choose ports that collide.
 *
 * @param <V> what a flow belongs to
 */
final class FlowTable<V> {
  private static final int STRIDE = 5;
  private static final int INITIAL_SLOTS = 64;

  private final long key0;
  private final long key1;
  private long[] keys = new long[INITIAL_SLOTS * STRIDE];
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
   * Adds a flow, or replaces what it belongs to.
   *
   * @param value not {@code null}
   * @return what it belonged to before, or {@code null}
   */
  V put(long localHi, long localLo, long remoteHi, long remoteLo, int ports, V value) {
    int slot = find(localHi, localLo, remoteHi, remoteLo, ports);
    V old = value(slot);
    values[slot] = value;
    if (old == null) {
      int k = slot * STRIDE;
      keys[k] = localHi;
      keys[k + 1] = localLo;
      keys[k + 2] = remoteHi;
      keys[k + 3] = remoteLo;
      keys[k + 4] = ports;
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
  V remove(long localHi, long localLo, long remoteHi, long remoteLo, int ports) {
    int slot = find(localHi, localLo, remoteHi, remoteLo, ports);
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
    keys = new long[INITIAL_SLOTS * STRIDE];
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

  /** The slot of the key, or the empty slot where it would go. */
  private int find(long localHi, long localLo, long remoteHi, long remoteLo, int ports) {
    int mask = values.length - 1;
    int slot = hash(localHi, localLo, remoteHi, remoteLo, ports) & mask;
    while (values[slot] != null) {
      int k = slot * STRIDE;
      if (keys[k + 4] == ports
          && keys[k + 3] == remoteLo
          && keys[k + 1] == localLo
          && keys[k + 2] == remoteHi
          && keys[k] == localHi) {
        break;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
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
      int home = homeOf(slot);
      if (((slot - home) & mask) >= ((slot - gap) & mask)) {
        values[gap] = values[slot];
        System.arraycopy(keys, slot * STRIDE, keys, gap * STRIDE, STRIDE);
        gap = slot;
      }
    }
    values[gap] = null;
    Arrays.fill(keys, gap * STRIDE, gap * STRIDE + STRIDE, 0L);
  }

  private int homeOf(int slot) {
    int k = slot * STRIDE;
    return hash(keys[k], keys[k + 1], keys[k + 2], keys[k + 3], (int) keys[k + 4])
        & (values.length - 1);
  }

  private void resize(int slots) {
    final long[] oldKeys = keys;
    final Object[] oldValues = values;
    keys = new long[slots * STRIDE];
    values = new Object[slots];
    int mask = slots - 1;
    for (int from = 0; from < oldValues.length; from++) {
      if (oldValues[from] != null) {
        int k = from * STRIDE;
        int to =
            hash(oldKeys[k], oldKeys[k + 1], oldKeys[k + 2], oldKeys[k + 3], (int) oldKeys[k + 4])
                & mask;
        while (values[to] != null) {
          to = (to + 1) & mask;
        }
        values[to] = oldValues[from];
        System.arraycopy(oldKeys, k, keys, to * STRIDE, STRIDE);
      }
    }
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
