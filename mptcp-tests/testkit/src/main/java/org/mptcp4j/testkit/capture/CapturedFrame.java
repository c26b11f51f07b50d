package org.mptcp4j.testkit.capture;

/**
 * One captured packet.
 *
 * @param timeNs nanoseconds since 1970, or virtual time
 * @param linkType the LINKTYPE number of its first bytes
 * @param originalLength bytes it had on the wire; more than there are when the capture cut it
 * @param data its bytes; not a copy
 */
public record CapturedFrame(long timeNs, int linkType, int originalLength, byte[] data) {
  /** Index of the IP header in {@link #data()}; -1 when the frame holds something else. */
  public int ipIndex() {
    return LinkLayer.ipIndex(linkType, data);
  }

  /** Whether frames of this link type can be read at all. */
  public boolean hasKnownLinkType() {
    return LinkLayer.isKnown(linkType);
  }
}
