/**
 * Captures in words: what {@code mptcp-lab decode} prints, with everything verified that the
 * capture allows.
 */
package org.mptcp4j.lab.decode;
