package org.mptcp4j.lab.relay;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mptcp4j.lab.console.LabException;
import org.mptcp4j.lab.system.Shell;
import org.mptcp4j.link.OffloadAdapter;
import org.mptcp4j.link.sim.ChannelCounters;
import org.mptcp4j.link.sim.DropReason;
import org.mptcp4j.link.sim.LinkEmulator;
import org.mptcp4j.link.sim.SimChannel;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunLink;
import org.mptcp4j.link.tun.TunLoop;
import org.mptcp4j.link.tun.TunOptions;

/** A running relay: two devices, the emulator between them, and the thread that drives it. */
public final class Relay implements AutoCloseable {
  private static final String REAL_TIME_PRIORITY = "5";

  private final RelayEnd[] ends;
  private final String device;
  private final LinkEmulator emulator;
  private final Punctuality punctuality;
  private final TunLoop loop;
  private final long startedNs;

  /**
   * What one direction did.
   *
   * @param packets offered, after cutting
   * @param dropped by the link, by reason
   * @param notRead dropped by the kernel in front of the relay, which a link does not do: the
   *     figures are then those of an overloaded machine
   */
  public record Direction(
      long packets,
      long bytes,
      long deliveredPackets,
      long deliveredBytes,
      Map<String, Long> dropped,
      long notRead) {}

  /** What the relay did. */
  public record Report(
      double seconds, Direction forward, Direction backward, Punctuality.Summary timers) {}

  /**
   * Opens both devices and starts.
   *
   * @param device the name of both
   * @param deviceMtu of both
   * @throws IOException when a device cannot be had; the message says why
   */
  public Relay(RelayEnd a, RelayEnd b, String device, int deviceMtu, LinkEmulator emulator)
      throws IOException {
    ends = new RelayEnd[] {a, b};
    this.device = device;
    this.emulator = emulator;
    punctuality = new Punctuality(emulator);
    List<TunLoop.Port> ports = new ArrayList<>();
    try {
      for (RelayEnd end : ends) {
        ports.add(port(end, device, deviceMtu));
        end.configure(device);
      }
      loop = new TunLoop("relay", punctuality, ports, () -> {});
    } catch (IOException | RuntimeException e) {
      ports.forEach(port -> port.link().close());
      throw e;
    }
    startedNs = System.nanoTime();
    loop.start();
    loop.execute(Relay::askForRealTime);
  }

  /** A thread that waits behind others for a processor delivers late; without leave it does. */
  private static void askForRealTime() {
    try {
      String thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
      Shell.tryRun(List.of("chrt", "--fifo", "--pid", REAL_TIME_PRIORITY, thread));
    } catch (IOException | LabException e) {
      return; // as punctual as it is then
    }
  }

  private static TunLoop.Port port(RelayEnd end, String name, int mtu) throws IOException {
    ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    TunDevice device =
        TunDevice.open(TunOptions.named(name).withNamespace(end.namespace()).withMtu(mtu));
    return new TunLoop.Port(
        OffloadAdapter.wrap(new TunLink(device, allocator), allocator), device.fd());
  }

  /** What ended it early, or null. */
  Throwable failure() {
    return loop.failure();
  }

  /** Ends it; what it did. */
  public Report finish() {
    long[] notRead = {ends[0].notRead(device), ends[1].notRead(device)};
    loop.close();
    return new Report(
        (System.nanoTime() - startedNs) / 1e9,
        direction(emulator.forward(), notRead[0]),
        direction(emulator.backward(), notRead[1]),
        punctuality.summary());
  }

  private static Direction direction(SimChannel channel, long notRead) {
    ChannelCounters counters = channel.counters();
    Map<String, Long> dropped = new LinkedHashMap<>();
    for (DropReason reason : DropReason.values()) {
      if (counters.drops(reason) > 0) {
        dropped.put(reason.name().toLowerCase(Locale.ROOT), counters.drops(reason));
      }
    }
    return new Direction(
        counters.packets(),
        counters.bytes(),
        counters.deliveredPackets(),
        counters.deliveredBytes(),
        dropped,
        notRead);
  }

  @Override
  public void close() {
    loop.close();
    emulator.close();
  }
}
