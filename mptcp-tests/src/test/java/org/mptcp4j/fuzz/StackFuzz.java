package org.mptcp4j.fuzz;

import java.util.List;

/**
 * Fuzz target: a stack, its application, its peer and its links do what the input says. It must
 * never throw, lose or invent bytes, hold memory without bound or reset who did nothing wrong.
 */
public final class StackFuzz {
  private StackFuzz() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    StackRun run = new StackRun(input);
    try {
      new Operations(run, input).all();
      run.completing = true;
      for (Session session : List.copyOf(run.sessions)) {
        new Completion(run, session).check();
      }
      run.sockets.forEach(AppSocket::drain);
      run.end();
    } finally {
      run.close();
    }
    long left = run.outstandingBytes();
    run.require(left == 0, () -> left + " bytes are held by a closed stack");
  }
}
