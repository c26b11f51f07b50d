/** Path managers: which addresses are announced and which subflows opened. */
package org.mptcp4j.pm;
