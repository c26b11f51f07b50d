package org.mptcp4j.link.pcap;

import java.io.Closeable;
import org.jspecify.annotations.Nullable;

/** Raw Ethernet frames in and out, without frame check sequence. Non-blocking, one thread. */
interface EthernetPort extends Closeable {
  /** The next frame, or null when there is none now. */
  byte @Nullable [] receive();

  /** Whether {@link #receive} will never give a frame again. */
  boolean ended();

  /** Sends the first {@code length} bytes; false when the frame was lost. */
  boolean send(byte[] frame, int length);

  /** Frames that were lost because nobody received them in time. */
  long overruns();

  @Override
  void close();
}
