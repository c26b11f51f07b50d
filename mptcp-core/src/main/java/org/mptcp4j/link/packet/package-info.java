/**
 * What crosses the border between the stack and whatever drives it: IP packets in batches, up to 64
 * KB each, with their offload state, and the addresses in them.
 */
@NullMarked
package org.mptcp4j.link.packet;

import org.jspecify.annotations.NullMarked;
