package org.mptcp4j.stack;

import org.mptcp4j.mptcp.JoinRequest;

/**
 * Joins of which nothing else is held: their SYNs were answered by cookies, which have no room for
 * nonces. It has a place for each by a hash that nobody outside knows, and may forget: what comes
 * to the same place takes it. The stacks of a group share one.
 */
final class JoinTable {
  /** Places; a power of two. */
  static final int PLACES = 1 << 14;

  private static final int VALID = 1 << 31;
  private static final int BACKUP = 1 << 30;
  private static final int ID_MASK = 0xff;
  private static final int HASH_MASK = 0x3fffff00;

  // Each place has two longs: the nonces; the token, and bits of the hash beside flags and id.
  private long[] places; // null until the first comes

  private static int index(long hash) {
    return ((int) (hash >>> 32) & PLACES - 1) << 1;
  }

  /** Notes a join, instead of what was noted at its place. */
  synchronized void put(long hash, JoinRequest join) {
    if (places == null) {
      places = new long[2 * PLACES];
    }
    int i = index(hash);
    int flags = VALID | (join.backup() ? BACKUP : 0);
    places[i] = (long) join.remoteNonce() << 32 | Integer.toUnsignedLong(join.localNonce());
    int named = flags | (int) hash & HASH_MASK | join.addressId();
    places[i + 1] = (long) join.token() << 32 | Integer.toUnsignedLong(named);
  }

  /** What is noted of the join with that hash; null when nothing is, or it was forgotten. */
  synchronized JoinRequest get(long hash) {
    int i = index(hash);
    int named = places == null ? 0 : (int) places[i + 1];
    if ((named & VALID) == 0 || ((named ^ (int) hash) & HASH_MASK) != 0) {
      return null;
    }
    return new JoinRequest(
        (int) (places[i + 1] >>> 32),
        (int) (places[i] >>> 32),
        (int) places[i],
        named & ID_MASK,
        (named & BACKUP) != 0);
  }

  /** Forgets the join with that hash, which has become a subflow: nobody shall repeat it. */
  synchronized void remove(long hash) {
    if (get(hash) != null) {
      places[index(hash) + 1] = 0;
    }
  }
}
