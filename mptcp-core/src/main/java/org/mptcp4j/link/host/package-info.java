/** A host for programs without Netty: a stack, its links and the thread that drives them. */
@NullMarked
package org.mptcp4j.link.host;

import org.jspecify.annotations.NullMarked;
