package org.mptcp4j.testkit.packetdrill;

import java.util.Optional;
import java.util.Set;

/** Knows the MPTCP options of the language by name. */
final class MptcpOptionParser {
  private static final Set<String> NAMES =
      Set.of(
          "mpcapable",
          "mp_capable",
          "dss",
          "mp_join_syn",
          "mp_join_syn_ack",
          "mp_join_ack",
          "add_address",
          "remove_address",
          "mp_prio",
          "mp_fastclose",
          "mp_fail",
          "mp_reset");

  MptcpOptionParser(TokenStream in) {}

  Optional<OptionSpec> parse(Token name) {
    if (NAMES.contains(name.text())) {
      throw ScriptException.refused(name.place(), "option " + name.text() + ": MPTCP options");
    }
    return Optional.empty();
  }
}
