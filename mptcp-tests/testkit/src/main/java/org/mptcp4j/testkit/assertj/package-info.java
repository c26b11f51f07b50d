/**
 * AssertJ assertions for what a simulation has: {@link
 * org.mptcp4j.testkit.assertj.MptcpAssertions}. Needs AssertJ on the class path, which the artifact
 * does not bring.
 */
@NullMarked
package org.mptcp4j.testkit.assertj;

import org.jspecify.annotations.NullMarked;
