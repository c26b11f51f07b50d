/** {@code mptcp-lab torture}: what middleboxes leave of a connection. */
package org.mptcp4j.lab.torture;
