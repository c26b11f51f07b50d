package org.mptcp4j.link;

/**
 * What a link does by itself. {@link OffloadAdapter} supplies the rest.
 *
 * @param tso4 cuts IPv4 super-segments into segments of {@code gsoSize}
 * @param tso6 cuts IPv6 super-segments
 * @param gro merges received segments of one flow into super-segments
 * @param checksumOffload takes packets with a partial checksum, and verifies or vouches for
 *     received ones
 */
public record LinkFeatures(boolean tso4, boolean tso6, boolean gro, boolean checksumOffload) {
  /** A link without offloads, such as a plain Ethernet capture. */
  public static final LinkFeatures NONE = new LinkFeatures(false, false, false, false);

  /** A link with every offload. */
  public static final LinkFeatures ALL = new LinkFeatures(true, true, true, true);
}
