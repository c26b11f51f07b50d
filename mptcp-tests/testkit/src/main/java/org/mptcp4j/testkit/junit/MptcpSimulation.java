package org.mptcp4j.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test class, or one test, that runs in a {@link org.mptcp4j.testkit.SimWorld}: {@link
 * SimWorldExtension} makes one for each test and gives it to whoever has a parameter of that type
 * (the test, methods with {@code @BeforeEach} and {@code @AfterEach}, the constructor).
 *
 * <pre>{@code
 * @MptcpSimulation
 * class FailoverTest {
 *   @Test
 *   @Seed(42)
 *   void theOtherPathTakesOver(SimWorld world) { ... }
 *
 *   @Seeds(100)
 *   void nothingIsLost(SimWorld world) { ... }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SimWorldExtension.class)
public @interface MptcpSimulation {
  /** {@link #captureBytes} of a test that says nothing. */
  long DEFAULT_CAPTURE_BYTES = 32 << 20;

  /**
   * The largest capture of one stack that is kept of a test that fails, in bytes; what comes later
   * is left out. 0 for none.
   */
  long captureBytes() default DEFAULT_CAPTURE_BYTES;
}
