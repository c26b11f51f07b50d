/**
 * TCP segments as they were on the wire: kept ({@link org.mptcp4j.testkit.segment.WireSegment}),
 * collected ({@link org.mptcp4j.testkit.segment.SegmentLog}) and compared with what a test expects
 * ({@link org.mptcp4j.testkit.segment.SegmentMatcher}).
 */
@NullMarked
package org.mptcp4j.testkit.segment;

import org.jspecify.annotations.NullMarked;
