/** Packet schedulers: which subflow carries the next quantum. They see read-only views. */
package org.mptcp4j.sched;
