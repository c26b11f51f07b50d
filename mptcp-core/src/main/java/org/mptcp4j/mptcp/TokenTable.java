package org.mptcp4j.mptcp;

/**
 * Connections by their local token: RFC 8684 section 3.2. Open addressing on the token itself,
 * which is uniform because it is cut from a hash. Token 0 is never used. Not thread-safe.
 */
public final class TokenTable {
  private static final int INITIAL = 64;

  private final int limit;
  private int[] tokens = new int[INITIAL];
  private Connection[] connections = new Connection[INITIAL];
  private int size;

  /**
   * Makes an empty table.
   *
   * @param limit connections it takes at most
   */
  public TokenTable(int limit) {
    this.limit = limit;
  }

  /** Number of connections in it. */
  public int size() {
    return size;
  }

  /** The connection with that token, or null. */
  public Connection get(int token) {
    int i = slot(token);
    return token == 0 ? null : connections[i];
  }

  /**
   * Adds a connection.
   *
   * @return false, and nothing added, when the token is 0 or taken or the table is at its limit
   */
  public boolean add(int token, Connection connection) {
    if (token == 0 || size >= limit || get(token) != null) {
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
    Connection[] old = connections;
    tokens = new int[2 * old.length];
    connections = new Connection[2 * old.length];
    for (int i = 0; i < old.length; i++) {
      if (old[i] != null) {
        int s = slot(oldTokens[i]);
        tokens[s] = oldTokens[i];
        connections[s] = old[i];
      }
    }
  }
}
