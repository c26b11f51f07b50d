/** {@code mptcp-lab soak}: whether anything is left after long use. */
package org.mptcp4j.lab.soak;
