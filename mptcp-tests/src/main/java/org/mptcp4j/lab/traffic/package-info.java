/** The load protocol: its server and clients as Netty handlers, and their measurements. */
package org.mptcp4j.lab.traffic;
