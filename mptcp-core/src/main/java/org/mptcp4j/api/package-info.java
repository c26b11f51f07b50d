/**
 * What users import: sockets, options, configuration, information records and events.
 *
 * <p>Everything here is non-blocking and belongs to the one thread that drives its stack. The entry
 * point is {@code org.mptcp4j.api.MptcpStack}.
 */
@NullMarked
package org.mptcp4j.api;

import org.jspecify.annotations.NullMarked;
