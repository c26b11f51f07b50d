package org.mptcp4j.api;

/** Is told what a stack does: the same that it logs, as typed events. */
@FunctionalInterface
public interface ActivityListener {
  /** Nobody listens. */
  ActivityListener NONE = activity -> {};

  /**
   * Something happened. Called on the thread that drives the stack, in the middle of its work: what
   * the listener does with sockets it does later. It must not throw.
   *
   * @param activity what
   */
  void onActivity(Activity activity);
}
