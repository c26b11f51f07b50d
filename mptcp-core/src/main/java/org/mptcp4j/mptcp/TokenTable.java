package org.mptcp4j.mptcp;

/**
 * Connections by their local token: RFC 8684 section 3.2. Open addressing on the token itself,
 * which is uniform because it is cut from a hash. Token 0 is never used. Not thread-safe.
 *
 * @param <T> what names a connection to who keeps the table
 */
public final class TokenTable<T> {
  private static final int INITIAL = 64;

  private final int limit;
  private final int share;
  private final int shares;
  private int[] tokens = new int[INITIAL];
  private T[] connections = array(INITIAL);
  private int size;

  /**
   * Makes an empty table.
   *
   * @param limit connections it takes at most
   */
  public TokenTable(int limit) {
    this(limit, 0, 1);
  }

  /**
   * Makes an empty table that takes one share of all tokens, so that several tables have no token
   * in common and a token says whose it is.
   *
   * @param limit connections it takes at most
   * @param share which, counted from 0
   * @param shares how many there are
   */
  public TokenTable(int limit, int share, int shares) {
    this.limit = limit;
    this.share = share;
    this.shares = shares;
  }

  /** The share that a token belongs to: by its upper bits, because the lower ones give the slot. */
  public static int shareOf(int token, int shares) {
    return (int) (Integer.toUnsignedLong(token) * shares >>> 32);
  }

  @SuppressWarnings("unchecked")
  private static <T> T[] array(int length) {
    return (T[]) new Object[length];
  }

  /** Number of connections in it. */
  public int size() {
    return size;
  }

  /** Whether a connection could have that token: not 0, of this table's share, and not taken. */
  public boolean isFree(int token) {
    return token != 0 && shareOf(token, shares) == share && get(token) == null;
  }

  /** Random keys to try until one has a free token: all in vain less than once in 10^15 times. */
  public int attempts() {
    return 4 + 48 * (shares - 1);
  }

  /** The connection with that token, or null. */
  public T get(int token) {
    int i = slot(token);
    return token == 0 ? null : connections[i];
  }

  /**
   * Adds a connection.
   *
   * @return false, and nothing added, when the token is 0, taken or of another share, or the table
   *     is at its limit
   */
  public boolean add(int token, T connection) {
    if (size >= limit || !isFree(token)) {
      return false;
    }
    if (2 * (size + 1) > tokens.length) {
      grow();
    }
    int i = slot(token);
    tokens[i] = token;
    connections[i] = connection;
    size++;
    return true;
  }

  /** Removes the connection with that token, if there is one. */
  public void remove(int token) {
    if (token == 0) {
      return;
    }
    int i = slot(token);
    if (connections[i] == null) {
      return;
    }
    size--;
    closeGap(i);
  }

  private int slot(int token) {
    int mask = tokens.length - 1;
    int i = token & mask;
    while (connections[i] != null && tokens[i] != token) {
      i = (i + 1) & mask;
    }
    return i;
  }

  /** Moves back what had been displaced over slot {@code gap}, so that no tombstone is needed. */
  private void closeGap(int gap) {
    int mask = tokens.length - 1;
    int hole = gap;
    int i = gap;
    while (true) {
      i = (i + 1) & mask;
      if (connections[i] == null) {
        break;
      }
      int home = tokens[i] & mask;
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        tokens[hole] = tokens[i];
        connections[hole] = connections[i];
        hole = i;
      }
    }
    tokens[hole] = 0;
    connections[hole] = null;
  }

  private void grow() {
    int[] oldTokens = tokens;
    T[] old = connections;
    tokens = new int[2 * old.length];
    connections = array(2 * old.length);
    for (int i = 0; i < old.length; i++) {
      if (old[i] != null) {
        int s = slot(oldTokens[i]);
        tokens[s] = oldTokens[i];
        connections[s] = old[i];
      }
    }
  }
}
