/**
 * Boxes that do to TCP what is done to it between hosts: {@link
 * org.mptcp4j.testkit.middlebox.Boxes} makes them, {@link
 * org.mptcp4j.testkit.middlebox.TcpBox#attach} puts one on a link.
 */
@NullMarked
package org.mptcp4j.testkit.middlebox;

import org.jspecify.annotations.NullMarked;
