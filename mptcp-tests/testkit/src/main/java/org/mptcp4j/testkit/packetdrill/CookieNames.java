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
  /** The name of a cookie that the stack takes, whatever its bytes. */
  static final String VALID = "TFO_COOKIE";

  /** Length of those that the stack gives. */
  static final int BYTES = 8;

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
    boolean fits = scripted.equals(VALID) || scripted.length() == 2 * live.length;
    return known == null ? fits : Arrays.equals(known, live);
  }

  /** What the stack must get when the script sends that cookie. */
  byte[] live(String scripted) {
    byte[] known = given.get(scripted);
    return known == null ? HexFormat.of().parseHex(scripted) : known;
  }

  /** Whether it is known what the stack gave for this one. */
  boolean isKnown(String scripted) {
    return given.containsKey(scripted);
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
