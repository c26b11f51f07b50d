package org.mptcp4j.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * In place of {@code @Test}: runs the test once for each of so many seeds, each a test of its own
 * in the report. {@code -Dmptcp.seed=N} runs that seed only.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith({SeedsExtension.class, SimWorldExtension.class})
public @interface Seeds {
  /** How many, 1 or more. */
  int value();

  /** The first one; the others follow it. */
  long first() default 1;
}
