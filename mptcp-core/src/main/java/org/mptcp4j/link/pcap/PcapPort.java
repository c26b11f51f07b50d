package org.mptcp4j.link.pcap;

import java.io.EOFException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.pcap4j.packet.namednumber.DataLinkType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Ethernet port on libpcap. pcap4j does not give the descriptor away, so a thread of its own
 * waits for frames and queues them, bounded; this is the portable link, not the fast one.
 */
final class PcapPort implements EthernetPort {
  private static final Logger LOG = LoggerFactory.getLogger(PcapPort.class);
  private static final int SNAP_LENGTH = 65_536 + 64;
  private static final int KERNEL_BUFFER = 8 << 20;
  private static final int QUEUE = 4096;
  private static final int POLL_MILLIS = 100;

  private final PcapHandle handle;
  private final Runnable readable;
  private final ArrayBlockingQueue<byte[]> frames = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicLong overruns = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean ended;

  private PcapPort(PcapHandle handle, String name, Runnable readable) {
    this.handle = handle;
    this.readable = readable;
    thread = new Thread(this::capture, "pcap-" + name);
    thread.setDaemon(true);
  }

  static PcapPort open(PcapOptions options, Runnable readable) throws PcapException {
    PcapHandle handle = null;
    try {
      handle =
          new PcapHandle.Builder(options.interfaceName())
              .snaplen(SNAP_LENGTH)
              .promiscuousMode(PromiscuousMode.PROMISCUOUS)
              .immediateMode(true)
              .bufferSize(KERNEL_BUFFER)
              .timeoutMillis(POLL_MILLIS)
              .build();
      if (!handle.getDlt().equals(DataLinkType.EN10MB)) {
        throw new PcapException(
            PcapException.Reason.NOT_ETHERNET,
            options.interfaceName() + " does not carry Ethernet frames but " + handle.getDlt(),
            null);
      }
      setFilter(handle, options);
      PcapPort port = new PcapPort(handle, options.interfaceName(), readable);
      port.thread.start();
      return port;
    } catch (PcapNativeException | NotOpenException e) {
      close(handle);
      throw failed(options.interfaceName(), e);
    } catch (PcapException e) {
      close(handle);
      throw e;
    } catch (LinkageError e) {
      throw noLibrary(e);
    }
  }

  private static void setFilter(PcapHandle handle, PcapOptions options)
      throws NotOpenException, PcapException {
    try {
      handle.setFilter(PcapOptionValues.expression(options), BpfCompileMode.OPTIMIZE);
    } catch (PcapNativeException e) {
      throw new PcapException(
          PcapException.Reason.BAD_FILTER,
          "the filter does not compile: \"" + options.filter() + "\" (" + e.getMessage() + ")",
          e);
    }
  }

  private static void close(@Nullable PcapHandle handle) {
    if (handle != null) {
      handle.close();
    }
  }

  static PcapException noLibrary(Throwable cause) {
    return new PcapException(
        PcapException.Reason.NO_LIBPCAP,
        "libpcap could not be loaded; install it, on Debian with \"apt-get install libpcap0.8\" ("
            + cause.getMessage()
            + ")",
        cause);
  }

  private static PcapException failed(String name, Exception cause) {
    String text = String.valueOf(cause.getMessage());
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    if (lower.contains("permi")) {
      return new PcapException(
          PcapException.Reason.NO_PERMISSION,
          "no permission to capture on " + name + ": needs CAP_NET_RAW, run as root",
          cause);
    }
    if (lower.contains("no such device") || lower.contains("not up")) {
      return new PcapException(
          PcapException.Reason.NO_INTERFACE,
          "no interface " + name + ", or it is down (" + text + ")",
          cause);
    }
    return new PcapException(
        PcapException.Reason.SYSTEM, "cannot capture on " + name + ": " + text, cause);
  }

  private void capture() {
    try {
      while (!closed) {
        captureOne();
      }
    } catch (EOFException | PcapNativeException | NotOpenException e) {
      if (!closed) {
        LOG.warn("{} ends", thread.getName(), e);
      }
    }
    ended = true;
    readable.run();
  }

  private void captureOne() throws EOFException, PcapNativeException, NotOpenException {
    byte[] frame;
    try {
      frame = handle.getNextRawPacketEx();
    } catch (TimeoutException e) {
      return;
    }
    if (!frames.offer(frame)) {
      overruns.incrementAndGet();
    }
    readable.run();
  }

  @Override
  public byte[] receive() {
    return frames.poll();
  }

  @Override
  public boolean ended() {
    return ended && frames.isEmpty();
  }

  @Override
  public boolean send(byte[] frame, int length) {
    try {
      handle.sendPacket(frame, length);
      return true;
    } catch (PcapNativeException | NotOpenException e) {
      LOG.debug("send on {}", thread.getName(), e);
      return false;
    }
  }

  @Override
  public long overruns() {
    return overruns.get();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      handle.breakLoop();
    } catch (NotOpenException e) {
      LOG.debug("already closed", e);
    }
    try {
      thread.join(10L * POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    handle.close();
  }
}
