/**
 * The stack: it joins links, connections and applications. Demultiplexing, listeners, ports,
 * routes, timers, counters and events are here; what a segment means to its connection is not.
 */
package org.mptcp4j.stack;
