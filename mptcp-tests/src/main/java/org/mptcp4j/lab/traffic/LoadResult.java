package org.mptcp4j.lab.traffic;

import java.util.List;
import java.util.Locale;
import org.mptcp4j.lab.console.Units;

/**
 * What a load client measured. Times in the names of components are as they say, rates in bits per
 * second.
 */
public sealed interface LoadResult {

  /** The result in words, a few lines. */
  List<String> lines();

  /** Whether the run did what it should. */
  default boolean succeeded() {
    return true;
  }

  /**
   * A bulk transfer.
   *
   * @param mode {@code up} or {@code down}
   * @param cpuSecondsPerGb CPU seconds of the whole machine per 10^9 bytes
   */
  record Bulk(String mode, long bytes, double seconds, double bitsPerSecond, double cpuSecondsPerGb)
      implements LoadResult {
    @Override
    public List<String> lines() {
      return List.of(
          String.format(
              Locale.ROOT,
              "%s %s in %s: %s, %.2f CPU seconds per GB",
              mode,
              Units.bytes(bytes),
              Units.seconds(seconds),
              Units.rate(bitsPerSecond),
              cpuSecondsPerGb));
    }
  }

  /** Requests and responses, one after another on each connection. */
  record RequestResponse(
      String mode,
      long requests,
      int connections,
      int size,
      double seconds,
      double perSecond,
      double p50Us,
      double p90Us,
      double p99Us,
      double p999Us,
      double maxUs,
      double cpuCores)
      implements LoadResult {
    @Override
    public List<String> lines() {
      return List.of(
          String.format(
              Locale.ROOT,
              "rr %.0f/s of %d bytes on %d connection(s), %.2f cores busy",
              perSecond,
              size,
              connections,
              cpuCores),
          String.format(
              Locale.ROOT,
              "   p50 %.1f us  p90 %.1f us  p99 %.1f us  p99.9 %.1f us  max %.1f us",
              p50Us,
              p90Us,
              p99Us,
              p999Us,
              maxUs));
    }
  }

  /** Connections opened, used for one byte and closed. */
  record ConnectRate(
      String mode,
      long connections,
      int parallel,
      double seconds,
      double perSecond,
      double cpuUsPerConnection)
      implements LoadResult {
    @Override
    public List<String> lines() {
      return List.of(
          String.format(
              Locale.ROOT,
              "crr %.0f connections/s, %d at a time, %.1f CPU us each",
              perSecond,
              parallel,
              cpuUsPerConnection));
    }
  }

  /** A transfer whose two ends compare hashes. */
  record Hash(
      String mode,
      long bytes,
      double seconds,
      double bitsPerSecond,
      String sentSha256,
      String receivedSha256,
      boolean equal)
      implements LoadResult {
    @Override
    public List<String> lines() {
      return List.of(
          "hash "
              + Units.bytes(bytes)
              + " in "
              + Units.seconds(seconds)
              + ": "
              + Units.rate(bitsPerSecond),
          "   sent     " + sentSha256,
          "   received " + receivedSha256 + (equal ? "  equal" : "  DIFFERENT"));
    }

    @Override
    public boolean succeeded() {
      return equal;
    }
  }
}
