/**
 * Packet schedulers: which subflow carries which bytes. They see read-only views and grant ranges,
 * nothing else.
 */
@NullMarked
package org.mptcp4j.sched;

import org.jspecify.annotations.NullMarked;
