package org.mptcp4j.netty;

/** The end of a drive: it is asked for once, and told of when it is there. */
final class Ending {
  private enum Phase {
    NOT_ASKED,
    ASKED,
    OVER
  }

  private Phase phase = Phase.NOT_ASKED;
  private Runnable whenOver = () -> {};

  /** Somebody wants the end, and to be told. */
  void ask(Runnable toBeTold) {
    if (phase == Phase.NOT_ASKED) {
      phase = Phase.ASKED;
    }
    whenOver = toBeTold;
  }

  /** Whether it is wanted, and not there yet. */
  boolean isAsked() {
    return phase == Phase.ASKED;
  }

  /** Whether it is there. */
  boolean isOver() {
    return phase == Phase.OVER;
  }

  /** Nothing moves any more. */
  void over() {
    phase = Phase.OVER;
  }

  /** Tells who asked. */
  void tell() {
    whenOver.run();
  }
}
