/** {@code mptcp-lab relay}: a link of the simulator between two TUN devices, in real time. */
package org.mptcp4j.lab.relay;
