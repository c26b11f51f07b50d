package org.mptcp4j.interop;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The counters that stay at zero while all is well, by the kernel's names. */
final class Faults {
  private static final Pattern FAULT =
      Pattern.compile(
          "TcpInCsumErrors|MPTcpExt.*(Fallback|HMac|Csum|Corruption|NotMatching|NoMatch|NoToken"
              + "|InfiniteMap|MPFail|MPRst|Fastclose|Rejected|Err|Drop|Blackhole).*");

  private Faults() {}

  /** Those that are not zero. */
  static Map<String, Long> in(Map<String, Long> counters) {
    Map<String, Long> faults = new TreeMap<>(counters);
    faults.entrySet().removeIf(e -> e.getValue() == 0 || !FAULT.matcher(e.getKey()).matches());
    return faults;
  }
}
