/**
 * A simulated network in virtual time: hosts, routers and links with rate, delay, queue, loss,
 * reordering, duplication, corruption and middleboxes, all from one seed.
 */
@NullMarked
package org.mptcp4j.link.sim;

import org.jspecify.annotations.NullMarked;
