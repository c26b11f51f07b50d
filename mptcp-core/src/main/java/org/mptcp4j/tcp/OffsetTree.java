package org.mptcp4j.tcp;

import java.util.Arrays;
import org.mptcp4j.wire.Seq64;

/**
 * 64-bit offsets in order, each with a slot, in which its owner keeps what belongs to it: a
 * balanced tree (Adelson-Velsky, Landis) in arrays. Whatever order offsets come in, finding, adding
 * and taking out one looks at no more than one and a half times the logarithm of their number.
 * Offsets may wrap, as long as they lie within half of their space.
 */
final class OffsetTree {
  /** No slot. */
  static final int NONE = 0;

  /** Arrays of so many slots stay when they are empty. */
  private static final int FEW = 256;

  private long[] offsets = new long[8];
  private int[] left = new int[8];
  private int[] right = new int[8]; // of a slot that is free, the next one that is
  private byte[] heights = new byte[8];
  private int root;
  private int used = 1;
  private int free;
  private int size;
  private int next;
  private long steps;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** More than any slot that was given out: how long an array of the owner has to be. */
  int slots() {
    return offsets.length;
  }

  /** Offsets looked at since the beginning. */
  long steps() {
    return steps;
  }

  long offset(int slot) {
    return offsets[slot];
  }

  /** Changes an offset, which stays between its neighbours. */
  void move(int slot, long offset) {
    offsets[slot] = offset;
  }

  /** The slot of the least offset, or {@link #NONE}. */
  int first() {
    int n = root;
    while (left[n] != NONE) {
      n = left[n];
      steps++;
    }
    return n;
  }

  /** The slot of the greatest offset, or {@link #NONE}. */
  int last() {
    int n = root;
    while (right[n] != NONE) {
      n = right[n];
      steps++;
    }
    return n;
  }

  /**
   * The slot of the greatest offset that is not above one, or {@link #NONE}. On the way it meets
   * the one that follows, which {@link #next} tells.
   */
  int atOrBefore(long offset) {
    int found = NONE;
    next = NONE;
    int n = root;
    while (n != NONE) {
      steps++;
      if (Seq64.le(offsets[n], offset)) {
        found = n;
        n = right[n];
      } else {
        next = n;
        n = left[n];
      }
    }
    return found;
  }

  /** The slot of the least offset above the one that was last looked for, or {@link #NONE}. */
  int next() {
    return next;
  }

  /** Adds an offset that is not there; its slot. */
  int add(long offset) {
    int slot = free;
    if (slot != NONE) {
      free = right[slot];
    } else {
      if (used == offsets.length) {
        grow();
      }
      slot = used++;
    }
    offsets[slot] = offset;
    left[slot] = NONE;
    right[slot] = NONE;
    heights[slot] = 1;
    size++;
    root = add(root, slot);
    return slot;
  }

  private void grow() {
    int capacity = 2 * offsets.length;
    offsets = Arrays.copyOf(offsets, capacity);
    left = Arrays.copyOf(left, capacity);
    right = Arrays.copyOf(right, capacity);
    heights = Arrays.copyOf(heights, capacity);
  }

  private int add(int n, int slot) {
    if (n == NONE) {
      return slot;
    }
    steps++;
    if (Seq64.lt(offsets[slot], offsets[n])) {
      left[n] = add(left[n], slot);
    } else {
      right[n] = add(right[n], slot);
    }
    return balanced(n);
  }

  /** Takes the offset of a slot out, which is free then. */
  void remove(int slot) {
    root = remove(root, slot);
    right[slot] = free;
    free = slot;
    size--;
  }

  private int remove(int n, int slot) {
    steps++;
    if (n == slot) {
      return joined(left[n], right[n]);
    }
    if (Seq64.lt(offsets[slot], offsets[n])) {
      left[n] = remove(left[n], slot);
    } else {
      right[n] = remove(right[n], slot);
    }
    return balanced(n);
  }

  /** One tree of the two below an offset that was taken out. */
  private int joined(int l, int r) {
    if (l == NONE || r == NONE) {
      return l + r;
    }
    int next = r;
    while (left[next] != NONE) {
      next = left[next];
    }
    right[next] = withoutFirst(r);
    left[next] = l;
    return balanced(next);
  }

  private int withoutFirst(int n) {
    steps++;
    if (left[n] == NONE) {
      return right[n];
    }
    left[n] = withoutFirst(left[n]);
    return balanced(n);
  }

  private int balanced(int n) {
    int tilt = heights[left[n]] - heights[right[n]];
    if (tilt > 1) {
      int l = left[n];
      if (heights[left[l]] < heights[right[l]]) {
        left[n] = turnedLeft(l);
      }
      return turnedRight(n);
    }
    if (tilt < -1) {
      int r = right[n];
      if (heights[right[r]] < heights[left[r]]) {
        right[n] = turnedRight(r);
      }
      return turnedLeft(n);
    }
    measure(n);
    return n;
  }

  private int turnedRight(int n) {
    int up = left[n];
    left[n] = right[up];
    right[up] = n;
    measure(n);
    measure(up);
    return up;
  }

  private int turnedLeft(int n) {
    int up = right[n];
    right[n] = left[up];
    left[up] = n;
    measure(n);
    measure(up);
    return up;
  }

  private void measure(int n) {
    heights[n] = (byte) (1 + Math.max(heights[left[n]], heights[right[n]]));
  }

  /** Takes everything out. Arrays that had grown large are given back. */
  void clear() {
    if (offsets.length > FEW) {
      offsets = new long[8];
      left = new int[8];
      right = new int[8];
      heights = new byte[8];
    }
    root = NONE;
    used = 1;
    free = NONE;
    size = 0;
  }
}
