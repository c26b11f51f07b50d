/**
 * Captures replayed against a stack: {@link org.mptcp4j.testkit.replay.CaptureReplay}. What one end
 * of a captured conversation sent is sent again, at its times, to a stack that has the place of the
 * other end, and what that answers is compared with what the other end did.
 */
@NullMarked
package org.mptcp4j.testkit.replay;

import org.jspecify.annotations.NullMarked;
