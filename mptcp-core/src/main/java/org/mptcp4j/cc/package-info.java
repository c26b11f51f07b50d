/**
 * Congestion control: bytes and samples in, a window out. Nothing here knows packets or sockets, so
 * an algorithm is a page of arithmetic that a unit test drives directly.
 *
 * <p>A user's own algorithm implements {@link org.mptcp4j.cc.CongestionControl}, or extends {@link
 * org.mptcp4j.cc.LossBasedControl}; its {@link org.mptcp4j.cc.CongestionControlFactory} is given to
 * the socket options, or declared as a service and then chosen by name as those that come with the
 * library are.
 */
@NullMarked
package org.mptcp4j.cc;

import org.jspecify.annotations.NullMarked;
