package org.mptcp4j.testkit.packetdrill;

import java.util.Map;
import org.mptcp4j.api.AccurateEcnRules;
import org.mptcp4j.api.AccurateEcnRules.OptionUse;

/**
 * The sysctls about Accurate ECN. Without any of them it works as on Linux, which sends its option
 * to those who send it, and lets packets without data be marked.
 */
final class EcnSysctls {
  private static final String OPTION = "net.ipv4.tcp_ecn_option";
  private static final String FALLBACK = "net.ipv4.tcp_ecn_fallback";

  private EcnSysctls() {}

  /** Whether the stack can be configured with it. */
  static boolean knows(String name) {
    return name.equals(OPTION) || name.equals(FALLBACK);
  }

  /** Refuses what the stack has nothing for. */
  static void check(Place place, String name, String value) {
    boolean known = value.equals("0") || value.equals(name.equals(OPTION) ? "2" : "1");
    if (!known) {
      throw ScriptException.refused(place, "sysctl " + name + "=" + value);
    }
  }

  /** What the settings of a script come to. */
  static AccurateEcnRules rules(Map<String, String> applied) {
    boolean never = applied.getOrDefault(OPTION, "2").equals("0");
    boolean fallback = !applied.getOrDefault(FALLBACK, "1").equals("0");
    return new AccurateEcnRules(never ? OptionUse.NEVER : OptionUse.ANSWERED, true, fallback);
  }
}
