package org.mptcp4j.cc;

/**
 * BBR version 3 as draft-ietf-ccwg-bbr describes it: sends at the rate that the path was seen to
 * deliver, with little more in flight than bandwidth times delay, and takes losses for congestion
 * only when they are more than 2 %. Differences: what is lost is counted for each round trip, not
 * for each packet; fewer losses than that do not lower its bounds between probes for bandwidth; the
 * wait between probes for bandwidth is not random; and there is no response to ECN. Names and
 * section numbers are those of the draft.
 */
final class Bbr implements CongestionControl {
  private static final int MIN_PIPE_SEGMENTS = 4;
  private static final double STARTUP_PACING_GAIN = 2.77;
  private static final double LOSS_BETA = 0.7;
  private static final double HEADROOM = 0.85;
  private static final double PACING_MARGIN = 0.99;
  private static final double FULL_BW_GROWTH = 1.25;
  private static final int FULL_BW_ROUNDS = 3;
  private static final long PROBE_RTT_NS = 200_000_000;
  private static final long PROBE_WAIT_NS = 2_000_000_000;
  private static final long PROBE_WAIT_SPREAD_NS = 1_000_000_000;
  private static final int MOST_ROUNDS_BETWEEN_PROBES = 63;
  private static final long QUANTUM_NS = 1_000_000;
  private static final long FIRST_RTT_NS = 1_000_000;
  private static final long MOST_CWND_BYTES = 1 << 30;
  private static final long NONE = Long.MAX_VALUE;

  private enum State {
    STARTUP(STARTUP_PACING_GAIN, 2.0),
    DRAIN(0.35, 2.0),
    DOWN(0.9, 2.0),
    CRUISE(1.0, 2.0),
    REFILL(1.0, 2.0),
    UP(1.25, 2.25),
    PROBE_RTT(1.0, 0.5);

    final double pacingGain;
    final double cwndGain;

    State(double pacingGain, double cwndGain) {
      this.pacingGain = pacingGain;
      this.cwndGain = cwndGain;
    }

    /** ProbeBW. */
    boolean cycles() {
      return this == DOWN || this == CRUISE || this == REFILL || this == UP;
    }

    /** Whether losses are the price of finding out what the path carries. */
    boolean probes() {
      return this == STARTUP || this == REFILL || this == UP;
    }
  }

  private final CcContext context;
  private final BbrModel model = new BbrModel();
  private State state = State.STARTUP;
  private long cwnd;
  private long priorCwnd;
  private boolean repairing; // from a loss or timeout on, until that is repaired
  private State undoState = State.CRUISE; // when the last of them began
  private long undoInflightHi; // and the bound then
  private boolean idleRestart; // nothing was delivered yet since a pause
  private double pacingRate;

  private double fullBw;
  private int fullBwRounds;
  private boolean fullBwNow;
  private boolean fullBwReached;

  private long cycleStampNs;
  private long probeWaitNs;
  private long roundsAtProbe;
  private boolean probeSamples; // whether the losses now are those of a probe for bandwidth
  private boolean stopping; // ACKS_PROBE_STOPPING
  private long inflightHi = NONE;
  private int upRounds;
  private long upAcked;
  private long probeRttDoneNs = NONE;
  private boolean probeRttRoundDone;

  Bbr(CcContext context) {
    this.context = context;
    cwnd = context.cwndBytes();
    long rttNs = context.srttNs() > 0 ? context.srttNs() : FIRST_RTT_NS;
    pacingRate = STARTUP_PACING_GAIN * cwnd * 1e9 / rttNs;
  }

  @Override
  public int cwndBytes() {
    return (int) Math.min(MOST_CWND_BYTES, cwnd);
  }

  @Override
  public boolean inSlowStart() {
    return state == State.STARTUP;
  }

  @Override
  public boolean needsPacing() {
    return true;
  }

  @Override
  public long pacingRateBytesPerSecond(long srttNs) {
    return Math.max(1, (long) pacingRate);
  }

  @Override
  public void onAck(long nowNs, RateSample sample) {
    model.onAck(nowNs, sample, cwnd);
    if (model.isRoundStart() && !state.probes()) {
      model.adaptLowerBounds(cwnd);
    }
    checkFullBw(sample);
    checkStartupAndDrain(nowNs, sample);
    if (fullBwReached) {
      adaptLongTermModel(nowNs, sample);
      if (state.cycles()) {
        cycle(nowNs, sample);
      }
    }
    checkProbeRtt(nowNs, sample);
    model.endAck(sample);
    setPacingRate(state.pacingGain);
    setCwnd(sample);
  }

  // ---- startup, sections 5.3.1 and 5.3.2

  private void checkFullBw(RateSample sample) {
    if (fullBwNow || sample.appLimited()) {
      return;
    }
    if (sample.bytesPerSecond() >= fullBw * FULL_BW_GROWTH) {
      resetFullBw(sample.bytesPerSecond());
    } else if (model.isRoundStart()) {
      fullBwNow = ++fullBwRounds >= FULL_BW_ROUNDS;
      fullBwReached |= fullBwNow;
    }
  }

  private void resetFullBw(double bw) {
    fullBw = bw;
    fullBwRounds = 0;
    fullBwNow = false;
  }

  private void checkStartupAndDrain(long nowNs, RateSample sample) {
    if (state == State.STARTUP && model.isRoundStart() && model.isStartupLossHigh()) {
      // Section 5.3.1.3: startup ends at high loss; what was delivered is what fits.
      fullBwReached = true;
      inflightHi = (long) Math.max(bdp(1.0), sample.deliveredBytes());
    }
    if (state == State.STARTUP && fullBwReached) {
      state = State.DRAIN;
    }
    if (state == State.DRAIN && inFlight() <= inflight(1.0)) {
      startDown(nowNs);
    }
  }

  // ---- the cycle of bandwidth probing, section 5.3.3

  private void cycle(long nowNs, RateSample sample) {
    switch (state) {
      case DOWN -> {
        if (!probeIfTime(nowNs, sample)
            && inFlight() <= withHeadroom()
            && inFlight() <= inflight(1.0)) {
          state = State.CRUISE;
        }
      }
      case CRUISE -> probeIfTime(nowNs, sample);
      case REFILL -> {
        if (model.isRoundStart()) {
          startUp(nowNs);
        }
      }
      case UP -> {
        if (isWindowUsed(sample) && cwnd >= inflightHi) {
          resetFullBw(sample.bytesPerSecond());
        } else if (fullBwNow) {
          startDown(nowNs);
        }
      }
      default -> throw new IllegalStateException(state.name());
    }
  }

  private boolean probeIfTime(long nowNs, RateSample sample) {
    long rounds = Math.min(MOST_ROUNDS_BETWEEN_PROBES, (long) (bdp(1.0) / mss()));
    if (nowNs - cycleStampNs <= probeWaitNs && model.rounds() - roundsAtProbe < rounds) {
      return false;
    }
    model.resetLowerBounds();
    upRounds = 0;
    upAcked = 0;
    stopping = false;
    model.startRound();
    state = State.REFILL;
    return true;
  }

  private void startUp(long nowNs) {
    probeSamples = true;
    model.startRound();
    resetFullBw(model.newestBw());
    cycleStampNs = nowNs;
    state = State.UP;
  }

  private void startDown(long nowNs) {
    model.resetCongestionSignals();
    roundsAtProbe = model.rounds();
    // Section 5.3.3.8 takes a random number, so that flows do not probe at the same time.
    probeWaitNs = PROBE_WAIT_NS + model.delivered() * 7919 % PROBE_WAIT_SPREAD_NS;
    cycleStampNs = nowNs;
    stopping = true;
    model.startRound();
    state = State.DOWN;
  }

  /** Section 5.3.3.6: how much may be in flight, as probes for bandwidth have shown. */
  private void adaptLongTermModel(long nowNs, RateSample sample) {
    if (stopping && model.isRoundStart()) {
      stopping = false;
      probeSamples = false;
      if (state.cycles() && !sample.appLimited()) {
        model.advanceMaxBw();
      }
    }
    if (probeSamples && model.isRoundStart() && model.isLossHigh()) {
      probeSamples = false;
      if (!sample.appLimited()) {
        long target = (long) (LOSS_BETA * Math.min(bdp(1.0), cwnd));
        inflightHi = Math.max(sample.deliveredBytes(), target);
      }
      if (state == State.UP) {
        startDown(nowNs);
      }
    } else if (inflightHi != NONE) {
      inflightHi = Math.max(inflightHi, sample.deliveredBytes());
      if (state == State.UP) {
        probeUpward(sample);
      }
    }
  }

  /** The bound grows by one segment in the first round of a probe, twice as many in the next. */
  private void probeUpward(RateSample sample) {
    if (!isWindowUsed(sample) || cwnd < inflightHi) {
      return;
    }
    upAcked += sample.newlyDeliveredBytes();
    long step = Math.max(mss(), cwnd >> Math.min(upRounds, 30));
    inflightHi += upAcked / step * mss();
    upAcked %= step;
    if (model.isRoundStart()) {
      upRounds++;
    }
  }

  private boolean isWindowUsed(RateSample sample) {
    return sample.peakInFlightBytes() > cwnd - mss() - quantum();
  }

  // ---- the shortest round trip, section 5.3.4

  private void checkProbeRtt(long nowNs, RateSample sample) {
    if (state != State.PROBE_RTT && model.isProbeRttDue() && !idleRestart) {
      saveCwnd();
      state = State.PROBE_RTT;
      probeRttDoneNs = NONE;
      stopping = true;
      model.startRound();
    }
    if (state == State.PROBE_RTT) {
      probeRtt(nowNs);
    }
    if (sample.deliveredBytes() > 0) {
      idleRestart = false;
    }
  }

  private void probeRtt(long nowNs) {
    if (probeRttDoneNs == NONE) {
      if (inFlight() <= probeRttCwnd()) {
        probeRttDoneNs = nowNs + PROBE_RTT_NS;
        probeRttRoundDone = false;
        model.startRound();
      }
      return;
    }
    probeRttRoundDone |= model.isRoundStart();
    if (probeRttRoundDone) {
      leaveProbeRttIfTime(nowNs);
    }
  }

  private void leaveProbeRttIfTime(long nowNs) {
    if (probeRttDoneNs == NONE || nowNs <= probeRttDoneNs) {
      return;
    }
    model.probedRtt(nowNs);
    model.resetLowerBounds();
    restoreCwnd();
    state = State.STARTUP;
    if (fullBwReached) {
      startDown(nowNs);
      state = State.CRUISE;
    }
  }

  private long probeRttCwnd() {
    return (long) Math.max(bdp(State.PROBE_RTT.cwndGain), minPipe());
  }

  // ---- rate and window, section 5.6

  private void setPacingRate(double gain) {
    double rate = gain * model.bw() * PACING_MARGIN;
    if (rate > 0 && (fullBwReached || rate > pacingRate)) {
      pacingRate = rate;
    }
  }

  private void setCwnd(RateSample sample) {
    long most = inflight(state.cwndGain) + model.extraAcked();
    int delivered = sample.newlyDeliveredBytes();
    if (fullBwReached) {
      cwnd = Math.min(cwnd + delivered, most);
    } else if (cwnd < most || sample.totalDeliveredBytes() < context.initialWindowBytes()) {
      cwnd += delivered;
    }
    if (state == State.PROBE_RTT) {
      cwnd = Math.min(cwnd, probeRttCwnd());
    }
    long cap = NONE;
    if (state == State.CRUISE || state == State.PROBE_RTT) {
      cap = withHeadroom();
    } else if (state.cycles()) {
      cap = inflightHi;
    }
    cap = Math.min(cap, model.inflightLo());
    cwnd = Math.max(minPipe(), Math.min(cwnd, cap));
  }

  private long inFlight() {
    return context.inFlightBytes();
  }

  private double bdp(double gain) {
    return gain * model.bdp(model.bw(), context.initialWindowBytes());
  }

  /** Section 5.6.4.2, BBRInflight: with room for what is sent and acknowledged at a time. */
  private long inflight(double gain) {
    double budget = Math.max(bdp(gain), 3.0 * quantum());
    return (long) Math.max(budget, minPipe()) + (state == State.UP ? 2 * mss() : 0);
  }

  private long withHeadroom() {
    return inflightHi == NONE ? NONE : Math.max((long) (HEADROOM * inflightHi), minPipe());
  }

  private long quantum() {
    return Math.max(2L * mss(), (long) (pacingRate * QUANTUM_NS / 1e9));
  }

  private long minPipe() {
    return (long) MIN_PIPE_SEGMENTS * mss();
  }

  private int mss() {
    return context.mssBytes();
  }

  // ---- pauses, section 5.4.1

  @Override
  public void onResume(long nowNs) {
    idleRestart = true; // the pause has drained the queue: that need not be done on purpose
    model.restart(nowNs);
    if (state.cycles()) {
      setPacingRate(1.0);
    } else if (state == State.PROBE_RTT) {
      leaveProbeRttIfTime(nowNs);
    }
  }

  // ---- losses

  @Override
  public void onLoss(long nowNs, int inFlightBytes) {
    // The window stays: losses are in the samples.
    beginRepair();
  }

  @Override
  public void onRto(long nowNs, int inFlightBytes) {
    // Section 5.6.4.4: all is taken for lost; the model stays, and the window comes back with it.
    beginRepair();
    cwnd = mss();
  }

  private void beginRepair() {
    saveCwnd();
    if (!repairing) {
      repairing = true;
      // Section 5.5.11.1, BBRSaveStateUponLoss.
      undoState = state;
      undoInflightHi = inflightHi;
      model.saveBounds();
    }
  }

  /** Section 5.6.4.4, BBRSaveCwnd: the last window that neither a loss nor ProbeRTT had reduced. */
  private void saveCwnd() {
    boolean reduced = repairing || state == State.PROBE_RTT;
    priorCwnd = reduced ? Math.max(priorCwnd, cwnd) : cwnd;
  }

  private void restoreCwnd() {
    cwnd = Math.max(cwnd, priorCwnd);
  }

  @Override
  public void onRecoveryExit(long nowNs) {
    if (repairing) {
      restoreCwnd();
      repairing = false;
    }
  }

  /** Section 5.5.11.2, BBRHandleSpuriousLossDetection. */
  @Override
  public void onUndo(long nowNs) {
    onRecoveryExit(nowNs);
    model.restoreBounds();
    resetFullBw(0);
    inflightHi = Math.max(inflightHi, undoInflightHi);
    if (state == State.PROBE_RTT || state == undoState) {
      return;
    }
    if (undoState == State.STARTUP) {
      state = State.STARTUP;
      fullBwReached = false; // or startup would end again at once
    } else if (undoState == State.UP) {
      startUp(nowNs);
    }
  }

  @Override
  public void onMssChange() {
    cwnd = Math.max(cwnd, minPipe());
  }
}
