/** {@code mptcp-lab packetdrill}: runs scripts. */
package org.mptcp4j.lab.packetdrill;
