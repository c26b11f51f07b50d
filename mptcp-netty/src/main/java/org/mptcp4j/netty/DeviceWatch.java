package org.mptcp4j.netty;

import org.mptcp4j.link.LinkDevice;

/** How an event loop learns that a device has packets, or room for one. */
interface DeviceWatch {

  /** What is to be done about the device; called on the event loop. */
  interface Listener {
    /** The device has packets, or has failed; returns whether some may be left. */
    boolean readable();

    /** The device has room again. */
    void writable();

    /** The event loop ends. */
    void loopEnds();
  }

  /** Whom a watch tells that has not begun, or has ended. */
  Listener NOBODY =
      new Listener() {
        @Override
        public boolean readable() {
          return false;
        }

        @Override
        public void writable() {}

        @Override
        public void loopEnds() {}
      };

  /**
   * Begins to watch.
   *
   * @param device what is watched, for messages
   * @param listener whom to tell
   * @throws IllegalStateException when the event loop does not take it
   */
  void start(LinkDevice device, Listener listener);

  /** Whether the listener is told again of packets that it leaves in the device. */
  boolean tellsAgain();

  /** The device was busy: {@link Listener#writable()} is wanted. */
  void awaitRoom();

  /** {@link Listener#writable()} is not wanted any more. */
  void ignoreRoom();

  /** {@link Listener#readable()} is not wanted for now. */
  void ignorePackets();

  /** {@link Listener#readable()} is wanted again, and called if there are packets. */
  void awaitPackets();

  /** Ends the watch; nothing is called afterwards. */
  void stop();
}
