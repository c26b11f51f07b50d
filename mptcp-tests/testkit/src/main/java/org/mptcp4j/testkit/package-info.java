/**
 * Tests of protocol logic without root, threads or real time: stacks on a simulated network,
 * endpoints that send and check pseudo-random bytes, exact accounting of buffers.
 *
 * <pre>{@code
 * try (SimWorld world = new SimWorld(42)) {
 *   SimStack client = world.stack("client");
 *   SimStack server = world.stack("server");
 *   SimLink wifi = world.path(client, server, LinkProfile.of(50_000_000, millis(10)).loss(0.01));
 *   SimLink lte = world.path(client, server, LinkProfile.of(20_000_000, millis(40)));
 *   Listener listener = server.listen(80);
 *   Endpoint c = client.connect(server, 80).send(1_000_000).thenShutDown();
 *   world.require("half of it arrives", () -> listener.received() > 500_000, seconds(10));
 *   wifi.down();
 *   world.require("the rest arrives", () -> listener.one().endOfStream(), seconds(60));
 * }   // fails when a byte was wrong or a buffer leaked
 * }</pre>
 *
 * <p>{@link org.mptcp4j.testkit.SimWorld} is where to begin. The same seed always gives the same
 * run, packet by packet. The packages beside this one: {@code segment} (what was on the wire, and
 * what a test expects there), {@code peer} (a peer driven by hand), {@code replay} (a capture
 * played to a stack), {@code junit} and {@code assertj} (for tests with JUnit 5 and AssertJ).
 */
@NullMarked
package org.mptcp4j.testkit;

import org.jspecify.annotations.NullMarked;
