/** {@code mptcp-lab serve} and {@code load}: the load protocol on TUN devices. */
package org.mptcp4j.lab.live;
