/**
 * Congestion control: bytes and samples in, a window out. Nothing here knows packets or sockets, so
 * an algorithm is a page of arithmetic that a unit test drives directly.
 */
package org.mptcp4j.cc;
