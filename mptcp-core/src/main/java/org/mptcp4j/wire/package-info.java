/**
 * Codecs: IPv4, IPv6, TCP, ICMP errors, every TCP and MPTCP option, the virtio-net header, Internet
 * checksums, and 32- and 64-bit sequence arithmetic.
 *
 * <p>Decoding is total: whatever bytes arrive, a decoder answers with a verdict and never throws.
 * Nothing here knows anything above the wire.
 */
package org.mptcp4j.wire;
