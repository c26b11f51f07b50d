/**
 * One object of the stack alone, stepped by hand: a TCP socket, a meta socket, a control block. The
 * test is its peer, its clock and its application.
 */
@NullMarked
package org.mptcp4j.testkit.byhand;

import org.jspecify.annotations.NullMarked;
