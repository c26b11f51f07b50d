package org.mptcp4j.testkit.packetdrill;

import java.util.Locale;
import java.util.Optional;

/**
 * What came out of the run of a script.
 *
 * @param script name of the script
 * @param outcome how it ended
 * @param place where it ended; empty when it passed
 * @param message why it ended there, possibly several lines; empty when it passed
 * @param virtualNs how much virtual time went by
 */
public record PacketdrillResult(
    String script, Outcome outcome, Optional<Place> place, String message, long virtualNs) {

  static PacketdrillResult passed(String script, long virtualNs) {
    return new PacketdrillResult(script, Outcome.PASSED, Optional.empty(), "", virtualNs);
  }

  static PacketdrillResult ended(String script, ScriptException why, long virtualNs) {
    return new PacketdrillResult(
        script, why.outcome(), Optional.of(why.place()), why.text(), virtualNs);
  }

  /** Whether everything happened as the script says. */
  public boolean passed() {
    return outcome == Outcome.PASSED;
  }

  /** One line when it passed; otherwise place, reason, and expected and actual side by side. */
  @Override
  public String toString() {
    String how = outcome.name().toLowerCase(Locale.ROOT);
    return passed()
        ? script + ": " + how
        : place.map(Place::toString).orElse(script) + ": " + how + ": " + message;
  }
}
