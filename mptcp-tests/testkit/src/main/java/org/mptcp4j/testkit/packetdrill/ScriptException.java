package org.mptcp4j.testkit.packetdrill;

/** A script cannot go on. Carries where, and whether it is the script's fault or the stack's. */
final class ScriptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Place place;
  private final Outcome outcome;
  private final String text;

  private ScriptException(Outcome outcome, Place place, String message) {
    super(message);
    this.outcome = outcome;
    this.place = place;
    this.text = message;
  }

  /** The text does not follow the grammar. */
  static ScriptException malformed(Place place, String message) {
    return new ScriptException(Outcome.MALFORMED, place, message);
  }

  /** A value in it is not possible. */
  static ScriptException malformed(Place place, IllegalArgumentException why) {
    return malformed(place, String.valueOf(why.getMessage()));
  }

  /** The script wants what there is not. */
  static ScriptException refused(Place place, String feature) {
    return new ScriptException(Outcome.REFUSED, place, feature);
  }

  /** Something else happened than the script says. */
  static ScriptException failed(Place place, String message) {
    return new ScriptException(Outcome.FAILED, place, message);
  }

  /** Why it cannot. */
  String text() {
    return text;
  }

  Place place() {
    return place;
  }

  Outcome outcome() {
    return outcome;
  }
}
