/**
 * The counters of a stack under the names that the Linux kernel has for them. A leaf: each package
 * counts what it decides, where it decides it.
 */
@NullMarked
package org.mptcp4j.mib;

import org.jspecify.annotations.NullMarked;
