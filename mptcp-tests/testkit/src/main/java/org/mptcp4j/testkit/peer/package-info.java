/**
 * A peer that a test drives by hand, segment by segment: {@link
 * org.mptcp4j.testkit.peer.HandDrivenPeer}. It does what RFC 9293 and RFC 8684 say where the test
 * leaves it alone, and anything else where the test says so.
 */
@NullMarked
package org.mptcp4j.testkit.peer;

import org.jspecify.annotations.NullMarked;
