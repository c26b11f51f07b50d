package org.mptcp4j.testkit.packetdrill;

/** How the run of a script ended. */
public enum Outcome {
  /** Everything happened as the script says. */
  PASSED,
  /** Something else happened than the script says. */
  FAILED,
  /** The script uses a feature that there is not; the message names it. */
  REFUSED,
  /** It is no script: the text does not follow the grammar. */
  MALFORMED
}
