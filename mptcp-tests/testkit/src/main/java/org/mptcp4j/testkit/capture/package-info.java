/** Capture files: pcap and pcapng read, pcapng written. */
package org.mptcp4j.testkit.capture;
