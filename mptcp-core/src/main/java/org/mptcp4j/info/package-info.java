/**
 * What is known of a connection and its subflows, under the names of Linux's {@code mptcp_info} and
 * {@code tcp_info}.
 */
@NullMarked
package org.mptcp4j.info;

import org.jspecify.annotations.NullMarked;
