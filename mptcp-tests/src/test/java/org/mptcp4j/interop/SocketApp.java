package org.mptcp4j.interop;

import org.mptcp4j.api.StackEvent;

/** What uses a socket of ours, as its attachment; on the loop's thread. */
interface SocketApp {
  void onEvent(StackEvent event);
}
