/** The command line {@code mptcp-lab}. */
package org.mptcp4j.lab;
