/**
 * What the protocol core sees of a link, and the pieces every driver shares: the offload adapter,
 * packet capture and the {@link org.mptcp4j.link.PacketProcessor} a driver drives.
 */
@NullMarked
package org.mptcp4j.link;

import org.jspecify.annotations.NullMarked;
