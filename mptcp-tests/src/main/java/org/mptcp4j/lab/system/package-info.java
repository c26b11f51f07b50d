/** What commands ask of the system: programs, network namespaces, signals. */
package org.mptcp4j.lab.system;
