/** A host for programs without Netty: a stack, its links and the thread that drives them. */
package org.mptcp4j.link.host;
