/**
 * Scripts in the packetdrill language, run in virtual time against one stack: a test says what the
 * peer sends, what the application calls, and what must leave the stack, and when.
 *
 * <pre>{@code
 * PacketdrillResult result = PacketdrillScript.of(Path.of("three-way.pkt")).run();
 * System.out.println(result);   // passed, failed or refused, with file, line and column
 * }</pre>
 *
 * <p>{@link org.mptcp4j.testkit.junit.PacketdrillTests} makes JUnit tests of a folder.
 */
@NullMarked
package org.mptcp4j.testkit.packetdrill;

import org.jspecify.annotations.NullMarked;
