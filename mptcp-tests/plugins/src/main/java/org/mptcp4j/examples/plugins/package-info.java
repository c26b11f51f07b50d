/** Parts of a user's own, in a jar of their own: {@code META-INF/services} makes them known. */
@NullMarked
package org.mptcp4j.examples.plugins;

import org.jspecify.annotations.NullMarked;
