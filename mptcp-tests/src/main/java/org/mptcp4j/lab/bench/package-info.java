/** {@code mptcp-lab bench}: this stack against kernel MPTCP. */
package org.mptcp4j.lab.bench;
