/** What every command needs to talk to its user: errors, units, tables, JSON. */
package org.mptcp4j.lab.console;
