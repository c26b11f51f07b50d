/** {@code mptcp-lab demo}: a file over two simulated paths. */
package org.mptcp4j.lab.demo;
