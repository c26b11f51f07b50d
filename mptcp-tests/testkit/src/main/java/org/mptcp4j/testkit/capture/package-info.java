/** Capture files: pcap and pcapng read, pcapng written. */
@NullMarked
package org.mptcp4j.testkit.capture;

import org.jspecify.annotations.NullMarked;
