package org.mptcp4j.sim;

import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.util.List;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.OptionStripper;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * A connection that ends in one of the many ways in which connections end, all from one seed: half
 * closes in every order, writes after the peer's end, closes with data unread, aborts and time-outs
 * in every state, options that vanish in the middle, hosts that end while data is on its way.
 */
final class ClosingScenario extends ShortLives {
  private final SimStack client;
  private final SimStack server;

  ClosingScenario(long seed) {
    super(seed);
    SimWorld.Family[] families = SimWorld.Family.values();
    world.family(families[random.nextInt(families.length)]);
    boolean mptcp = !chance(0.3);
    client = world.stack("client", config(mptcp));
    server = world.stack("server", config(mptcp || chance(0.5)));
    for (int paths = 1 + random.nextInt(2); paths > 0; paths--) {
      world.path(client, server, lossyProfile());
    }
  }

  private StackConfig config(boolean mptcp) {
    return config(mptcp, chance(0.3));
  }

  private LinkProfile lossyProfile() {
    LinkProfile p = profile();
    return p.loss(chance(0.4) ? 0.03 : 0);
  }

  @Override
  SimStack client() {
    return client;
  }

  @Override
  SimStack server() {
    return server;
  }

  // ---- what applications do

  @Override
  void script(Endpoint e) {
    e.writeSize(1 + random.nextInt(20_000)).send(size());
    if (chance(0.5)) {
      e.closeAtEndOfStream();
    }
    if (chance(0.2)) {
      e.pauseReading();
    }
    for (int acts = 1 + random.nextInt(4); acts > 0; acts--) {
      int what = random.nextInt(10);
      long bytes = size();
      world.network().after(seconds(soon()), () -> act(e, what, bytes));
    }
  }

  private static void act(Endpoint e, int what, long bytes) {
    if (e.closed() || e.socket().state() == MptcpSocket.State.CLOSED) {
      return;
    }
    switch (what) {
      case 0, 1 -> e.thenShutDown();
      case 2 -> e.thenClose();
      case 3 -> e.shutDown();
      case 4 -> e.close();
      case 5 -> e.abort();
      case 6 -> e.pauseReading();
      case 7 -> e.resumeReading();
      default -> {
        if (!e.ended()) {
          e.send(bytes);
        }
      }
    }
  }

  // ---- what networks and hosts do

  @Override
  void trouble() {
    switch (random.nextInt(8)) {
      case 0 -> later(() -> world.network().links().forEach(SimLink::blackhole));
      case 1 -> outage();
      case 2 -> strip();
      case 3 -> later(() -> shutDown(client, seconds(random.nextInt(3))));
      case 4 -> later(() -> shutDown(server, seconds(random.nextInt(3))));
      case 5 -> later(chance(0.5) ? client::cutOff : server::cutOff);
      default -> {
        // The applications are enough.
      }
    }
  }

  private void later(Runnable action) {
    world.network().after(seconds(soon()), action);
  }

  private void outage() {
    SimLink link = anyLink();
    later(link::blackhole);
    world.network().after(seconds(LATEST_SECONDS * (1 + random.nextInt(4))), link::restore);
  }

  private SimLink anyLink() {
    List<SimLink> links = world.network().links();
    return links.get(random.nextInt(links.size()));
  }

  /** Options of MPTCP vanish from some time on, one way or both ways. */
  private void strip() {
    SimLink link = anyLink();
    OptionStripper stripper = OptionStripper.mptcp();
    int ways = random.nextInt(3);
    later(
        () -> {
          if (ways != 1) {
            link.forward().middlebox(stripper);
          }
          if (ways != 2) {
            link.backward().middlebox(stripper);
          }
        });
  }
}
