package org.mptcp4j.cc;

/** One acknowledgement; its rate is measured over a millisecond. */
final class TestSample implements RateSample {
  long prior;
  long total;
  long delivered;
  int newly;
  int lost;
  boolean appLimited;
  long rttNs;
  int inFlight;
  int peak;

  @Override
  public int ackedBytes() {
    return newly;
  }

  @Override
  public int newlyDeliveredBytes() {
    return newly;
  }

  @Override
  public long totalDeliveredBytes() {
    return total;
  }

  @Override
  public long priorDeliveredBytes() {
    return prior;
  }

  @Override
  public long deliveredBytes() {
    return delivered;
  }

  @Override
  public long intervalNs() {
    return 1_000_000;
  }

  @Override
  public boolean appLimited() {
    return appLimited;
  }

  @Override
  public long rttNs() {
    return rttNs;
  }

  @Override
  public int inFlightBytes() {
    return inFlight;
  }

  @Override
  public int peakInFlightBytes() {
    return peak;
  }

  @Override
  public int lostBytes() {
    return lost;
  }

  @Override
  public int ecnMarkedBytes() {
    return 0;
  }
}
