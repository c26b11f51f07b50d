package org.mptcp4j;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * Writes down the classes of the core that are on the stack where something of a segment is put
 * where it stays. {@link SegmentWayTest} has {@link #step} called there.
 */
public final class SegmentSteps implements Runnable {
  private static final int PORT = 80;
  private static final long SECOND_NS = 1_000_000_000L;

  private static final Set<String> WAY = new LinkedHashSet<>();
  private static final Set<String> ENDS = new TreeSet<>();
  private static boolean watching;

  /** Called by reflection, in a class loader of its own. */
  public SegmentSteps() {}

  /** Something is put into an object of the caller's class. */
  public static void step() {
    if (!watching) {
      return;
    }
    StackWalker.getInstance()
        .walk(
            frames -> {
              String[] names =
                  frames
                      .map(f -> f.getClassName().replaceFirst("\\$.*", ""))
                      .filter(n -> n.startsWith("org.mptcp4j."))
                      .filter(n -> !n.equals(SegmentSteps.class.getName()))
                      .map(n -> n.substring(n.lastIndexOf('.') + 1))
                      .distinct()
                      .toArray(String[]::new);
              ENDS.add(names[0]);
              int entry = Arrays.asList(names).indexOf("PacketInput");
              for (int i = entry; i > 0; i--) {
                WAY.add(names[i]);
              }
              return null;
            });
  }

  /** One segment in order, of a connection that has carried data before. */
  @Override
  public void run() {
    try (SimWorld world = new SimWorld(1)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      world.path(client, server, LinkProfile.perfect());
      Listener listener = server.listen(PORT);
      Endpoint sender = client.connect(server, PORT);
      sender.send(1_000);
      world.require("the first bytes", () -> received(listener) == 1_000, Duration.ofSeconds(1));
      watching = true;
      sender.send(1_000);
      world.require("the next bytes", () -> received(listener) == 2_000, Duration.ofSeconds(1));
      watching = false;
    }
    System.setProperty(SegmentWayTest.WAY, String.join(" ", WAY));
    System.setProperty(SegmentWayTest.ENDS, String.join(" ", ENDS));
  }

  private static long received(Listener listener) {
    return listener.accepted().isEmpty() ? 0 : listener.one().received();
  }
}
