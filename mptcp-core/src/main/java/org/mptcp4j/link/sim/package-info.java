/**
 * A simulated network in virtual time: hosts, routers and links with rate, delay, queue, loss,
 * reordering, duplication, corruption and middleboxes, all from one seed.
 */
package org.mptcp4j.link.sim;
