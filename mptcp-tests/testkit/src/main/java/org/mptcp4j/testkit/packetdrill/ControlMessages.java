package org.mptcp4j.testkit.packetdrill;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The control messages of a {@code recvmsg}: what a script expects beside the data. */
final class ControlMessages {
  /** Where they are in the structure. */
  static final String FIELD = "msg_control";

  private final List<Value> wanted;
  private final Arguments call;

  ControlMessages(Arguments call) {
    this.call = call;
    Value control = call.struct(1).fields().get(FIELD);
    wanted = control instanceof Value.Items items ? items.items() : List.of();
  }

  /** A read whose control messages are compared once there is an answer. */
  PendingCall behind(ScriptSocket socket, PendingCall read) {
    if (wanted.isEmpty()) {
      return read;
    }
    return () -> {
      Optional<Answer> answer = read.attempt();
      if (answer.isPresent() && answer.get().value() >= 0) {
        wanted.forEach(w -> checkUnread(Arguments.struct(w), socket));
      }
      return answer;
    };
  }

  /** TCP_CM_INQ: how much is left, where the end counts as a byte. */
  private static void checkUnread(Value.Struct message, ScriptSocket socket) {
    Value type = message.field("cmsg_type");
    if (Arguments.number(type) != Constants.number("TCP_CM_INQ")) {
      throw ScriptException.refused(type.place(), "control messages but those of TCP_INQ");
    }
    if (!socket.tellsUnread()) {
      throw ScriptException.failed(type.place(), "TCP_INQ is off: there is no such message");
    }
    long unread = socket.readableBytes();
    compare(
        "cmsg_data", message.field("cmsg_data"), unread == 0 && socket.inputEnded() ? 1 : unread);
  }

  /** The next message of the error queue: calls with MSG_ZEROCOPY that are over. */
  PendingCall errorQueue(ScriptSocket socket) {
    if (!socket.zeroCopy().hasNews()) {
      return PendingCall.done(Answer.error("EAGAIN"));
    }
    if (wanted.isEmpty()) {
      throw ScriptException.failed(call.call().place(), "the error queue has a message");
    }
    long[] range = socket.zeroCopy().takeNews();
    Map<String, Long> actual =
        Map.of(
            "ee_errno",
            0L,
            "ee_origin",
            Constants.number("SO_EE_ORIGIN_ZEROCOPY"),
            "ee_type",
            0L,
            "ee_code",
            Constants.number("SO_EE_CODE_ZEROCOPY_COPIED"), // as packets through TUN are
            "ee_info",
            range[0],
            "ee_data",
            range[1]);
    Value.Struct error = Arguments.struct(Arguments.struct(wanted.get(0)).field("cmsg_data"));
    error.fields().forEach((name, value) -> compare(name, value, actual.getOrDefault(name, 0L)));
    return PendingCall.ok();
  }

  private static void compare(String name, Value value, long actual) {
    if (!(value instanceof Value.Any) && Arguments.number(value) != actual) {
      throw ScriptException.failed(
          value.place(), name + " is " + actual + ", expected " + Arguments.number(value));
    }
  }
}
