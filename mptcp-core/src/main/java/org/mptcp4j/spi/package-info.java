/**
 * How the parts that users may replace are found by name: those this library comes with, and those
 * that a jar on the class path adds through {@link java.util.ServiceLoader}.
 */
@NullMarked
package org.mptcp4j.spi;

import org.jspecify.annotations.NullMarked;
