/** What the dearest packets cost beside an ordinary one. */
package org.mptcp4j.lab.bench.cost;
