/**
 * Packet schedulers: which subflow carries which bytes. They see read-only views and grant ranges,
 * nothing else.
 */
package org.mptcp4j.sched;
