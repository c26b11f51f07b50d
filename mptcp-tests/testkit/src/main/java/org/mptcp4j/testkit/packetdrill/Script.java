package org.mptcp4j.testkit.packetdrill;

import java.util.List;

/**
 * A parsed script.
 *
 * @param options the lines that begin with two hyphens
 * @param init commands before the first event
 * @param events what is to happen, in order
 * @param cleanup commands behind the last event
 */
record Script(
    List<Token> options, List<Token> init, List<ScriptEvent> events, List<Token> cleanup) {
  Script {
    options = List.copyOf(options);
    init = List.copyOf(init);
    events = List.copyOf(events);
    cleanup = List.copyOf(cleanup);
  }

  /** Commands before anything else happens: the stack is not there yet. */
  List<ScriptEvent> earlyCommands() {
    return events.stream().takeWhile(e -> e.action() instanceof ScriptEvent.Command).toList();
  }
}
