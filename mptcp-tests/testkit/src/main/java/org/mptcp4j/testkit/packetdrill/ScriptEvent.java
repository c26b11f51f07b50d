package org.mptcp4j.testkit.packetdrill;

/**
 * One line of a script: at a time, something happens.
 *
 * @param place where its action stands
 * @param time when
 * @param action what
 */
record ScriptEvent(Place place, EventTime time, Action action) {

  /** What can happen. */
  sealed interface Action permits InboundPacket, OutboundPacket, Call, Command, Code {}

  /** The peer, or a router, sends a packet. */
  record InboundPacket(PacketSpec packet) implements Action {}

  /** The stack must send a packet. */
  record OutboundPacket(PacketSpec packet) implements Action {}

  /** The application calls the stack. */
  record Call(CallSpec call) implements Action {}

  /** Lines for a shell. */
  record Command(String lines) implements Action {}

  /** Assertions about the socket under test at this moment. */
  record Code(Assertions program) implements Action {}
}
