package org.mptcp4j.lab.bench;

import org.mptcp4j.lab.bench.BenchReport.Better;

/**
 * One thing that the client of a mode prints, or that {@link Duel} adds to it.
 *
 * @param key its name in the client's output, and the end of its name in the report
 * @param title what it is, in words
 */
record Measure(String key, String title, String unit, Better better) {}
