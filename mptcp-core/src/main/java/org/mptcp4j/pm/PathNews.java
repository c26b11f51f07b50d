package org.mptcp4j.pm;

/**
 * Something that path managers are told at run time by who configured them, for example that an
 * endpoint was added: {@code MptcpStack.tellPathManagers} takes it to every connection. A path
 * manager that does not know what it is does nothing.
 */
public interface PathNews {}
