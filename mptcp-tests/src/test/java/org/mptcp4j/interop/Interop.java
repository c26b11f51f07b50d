package org.mptcp4j.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test against the host's own kernel. Skipped with the reason where that cannot be done; an error
 * instead when {@code MPTCP4J_REQUIRE_INTEROP=1} is set in the environment or as system property.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("interop")
@ExtendWith(InteropCondition.class)
public @interface Interop {
  /** Programs that these tests run, beside those that every one of them needs. */
  String[] programs() default {};
}
