/** Path managers: which addresses are announced and which subflows opened. */
@NullMarked
package org.mptcp4j.pm;

import org.jspecify.annotations.NullMarked;
