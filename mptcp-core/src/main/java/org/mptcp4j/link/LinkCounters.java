package org.mptcp4j.link;

/**
 * Counts of one link, written by its owner's thread. A super-segment counts as one packet. Reading
 * from another thread gives recent, not necessarily consistent, values.
 */
public final class LinkCounters {
  private long rxPackets;
  private long rxBytes;
  private long rxDropped;
  private long rxNoMemory;
  private long rxPartialChecksums;
  private long txPackets;
  private long txBytes;
  private long txDropped;

  /** Counts one received packet of that many bytes, IP header included. */
  public void received(int bytes) {
    rxPackets++;
    rxBytes += bytes;
  }

  /** Counts one received packet that was thrown away. */
  public void receiveDropped() {
    rxDropped++;
  }

  /** Counts one received packet that was thrown away because there was no memory for it. */
  public void receiveNoMemory() {
    rxDropped++;
    rxNoMemory++;
  }

  /** Counts one received packet whose TCP checksum nobody has computed; it is received too. */
  public void receivedPartialChecksum() {
    rxPartialChecksums++;
  }

  /** Counts one sent packet of that many bytes, IP header included. */
  public void sent(int bytes) {
    txPackets++;
    txBytes += bytes;
  }

  /** Counts one packet that was to be sent and was thrown away. */
  public void sendDropped() {
    txDropped++;
  }

  /** Packets received. */
  public long rxPackets() {
    return rxPackets;
  }

  /** Bytes received, IP headers included. */
  public long rxBytes() {
    return rxBytes;
  }

  /** Received packets thrown away, for whatever reason. */
  public long rxDropped() {
    return rxDropped;
  }

  /** Received packets thrown away because there was no memory for them. */
  public long rxNoMemory() {
    return rxNoMemory;
  }

  /**
   * Packets received from an Ethernet interface whose TCP checksum nobody has computed, so that the
   * stack drops them: see the offloads of the sender's or of this interface.
   */
  public long rxPartialChecksums() {
    return rxPartialChecksums;
  }

  /** Packets sent. */
  public long txPackets() {
    return txPackets;
  }

  /** Bytes sent, IP headers included. */
  public long txBytes() {
    return txBytes;
  }

  /** Packets thrown away instead of sent. */
  public long txDropped() {
    return txDropped;
  }

  @Override
  public String toString() {
    return "rx "
        + rxPackets
        + " packets "
        + rxBytes
        + " bytes "
        + rxDropped
        + " dropped "
        + rxPartialChecksums
        + " partial checksums, tx "
        + txPackets
        + " packets "
        + txBytes
        + " bytes "
        + txDropped
        + " dropped";
  }
}
