package org.mptcp4j.lab.demo;

import java.util.Locale;
import org.mptcp4j.lab.console.Units;
import org.mptcp4j.link.sim.LinkProfile;

/**
 * One of the paths between the two hosts.
 *
 * @param rateBitsPerSecond of the link, IP headers included
 * @param delayMillis one way
 * @param client address and prefix of the client on it
 */
record DemoPath(String name, long rateBitsPerSecond, int delayMillis, String client) {
  private static final int QUEUE_MILLIS = 40;

  static final DemoPath FAST = new DemoPath("path A", 100_000_000, 10, "10.1.0.1/24");
  static final DemoPath SLOW = new DemoPath("path B", 40_000_000, 30, "10.2.0.1/24");

  LinkProfile profile() {
    return LinkProfile.of(rateBitsPerSecond, LinkProfile.millis(delayMillis))
        .queueTime(LinkProfile.millis(QUEUE_MILLIS))
        .superSegments(LinkProfile.SuperSegments.CUT);
  }

  String clientAddress() {
    return client.substring(0, client.indexOf('/'));
  }

  String describe() {
    return String.format(
        Locale.ROOT, "%s %s %d ms", name, Units.rate(rateBitsPerSecond), delayMillis);
  }
}
