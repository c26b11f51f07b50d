package org.mptcp4j.testkit.packetdrill;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The cookies of fast open: those that the stack gives, which the script writes as another stack
 * gave them, and whether the peer has given one.
 */
final class CookieNames {
  private static final int UNKNOWN_MSS = 536;

  private final Map<String, byte[]> given = new HashMap<>();
  private boolean taken;
  private int peerMss = UNKNOWN_MSS;

  /** The script has this cookie where the stack gave another. */
  void learn(String scripted, byte[] live) {
    given.put(scripted, live);
  }

  /** Whether a cookie that the stack gives can be that of the script. */
  boolean agrees(String scripted, byte[] live) {
    byte[] known = given.get(scripted);
    return known == null ? scripted.length() == 2 * live.length : Arrays.equals(known, live);
  }

  /** What the stack must get when the script sends that cookie. */
  byte[] live(String scripted) {
    return given.getOrDefault(scripted, HexFormat.of().parseHex(scripted));
  }

  /**
   * The peer gave the stack a cookie.
   *
   * @param mss that it named with it, 0 for none
   */
  void takenFromPeer(int mss) {
    taken = true;
    peerMss = mss > 0 ? mss : UNKNOWN_MSS;
  }

  /** Whether the peer has. */
  boolean isTaken() {
    return taken;
  }

  /** The largest segment of the peer that gave a cookie. */
  int peerMss() {
    return peerMss;
  }
}
