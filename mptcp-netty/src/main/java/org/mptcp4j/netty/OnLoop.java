package org.mptcp4j.netty;

import java.util.Optional;

/** Where in its life a channel is, as far as its event loop is concerned. */
interface OnLoop {
  /** Where its socket lives, or will; none before the channel is registered. */
  default Optional<StackLoop> loop() {
    return Optional.of(at());
  }

  /** The same, for what only a registered channel does. */
  StackLoop at();

  /** Not registered yet. */
  interface Nowhere extends OnLoop {
    @Override
    default Optional<StackLoop> loop() {
      return Optional.empty();
    }

    @Override
    default StackLoop at() {
      throw new IllegalStateException(
          "the channel is not registered with an event loop; let a bootstrap make it");
    }
  }

  /** Over: where it was. */
  interface Over extends OnLoop {
    /** What it was before. */
    OnLoop last();

    @Override
    default Optional<StackLoop> loop() {
      return last().loop();
    }

    @Override
    default StackLoop at() {
      return last().at();
    }
  }
}
