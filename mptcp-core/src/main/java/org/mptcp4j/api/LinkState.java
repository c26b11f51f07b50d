package org.mptcp4j.api;

/** Whether a link carries packets. */
public enum LinkState {
  /** It does. */
  UP,
  /** It does not: its subflows are given up, what they carried goes out on others. */
  DOWN
}
