package org.mptcp4j.spi;

/** What users choose by name. */
public interface Named {
  /**
   * The name it is chosen by and shown under: lower-case letters, digits and hyphens, for example
   * {@code "lowest-rtt"}. The same at each call, and no other of its kind has it.
   */
  String name();
}
