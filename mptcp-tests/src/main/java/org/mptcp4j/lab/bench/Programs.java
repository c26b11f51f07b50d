package org.mptcp4j.lab.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * What the sides of a benchmark are made of.
 *
 * @param kernelLoad load generator on kernel sockets, client and server
 * @param tunForward joins two plain TUN devices
 * @param tunResponder an MPTCP server with next to no stack
 * @param javaOptions of the Java runtime that runs this stack
 */
record Programs(Path kernelLoad, Path tunForward, Path tunResponder, List<String> javaOptions) {
  static Programs compile(Path directory, List<String> javaOptions) {
    return new Programs(
        KernelLoad.compile(directory),
        CProgram.compile("tun-forward", directory),
        CProgram.compile("tun-responder", directory),
        List.copyOf(javaOptions));
  }
}
