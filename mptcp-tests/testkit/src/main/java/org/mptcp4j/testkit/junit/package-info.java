/**
 * JUnit 5: a test that asks for a {@link org.mptcp4j.testkit.SimWorld} gets one, with a seed of its
 * choice or with many. Needs JUnit 5.12 or later on the class path, which the artifact does not
 * bring.
 */
@NullMarked
package org.mptcp4j.testkit.junit;

import org.jspecify.annotations.NullMarked;
