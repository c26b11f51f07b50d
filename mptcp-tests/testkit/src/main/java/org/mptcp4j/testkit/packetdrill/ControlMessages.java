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
    refuseSeveral();
    return () -> {
      Optional<Answer> answer = read.attempt();
      if (answer.isPresent() && answer.get().value() >= 0) {
        checkUnread(Arguments.struct(wanted.get(0)), socket);
      }
      return answer;
    };
  }

  /** Refuses those of a {@code sendmsg}, which would say how to send. */
  static void refuse(Value.Struct message) {
    if (message.fields().get(FIELD) instanceof Value.Items items && !items.items().isEmpty()) {
      throw ScriptException.refused(items.place(), "control messages of sendmsg");
    }
  }

  /** Whether a message has that level and type. */
  private static boolean is(Value.Struct message, String level, String type) {
    return Arguments.number(message.field("cmsg_level")) == Constants.number(level)
        && Arguments.number(message.field("cmsg_type")) == Constants.number(type);
  }

  private void refuseSeveral() {
    if (wanted.size() > 1) {
      throw ScriptException.refused(wanted.get(1).place(), "more than one control message");
    }
  }

  /** TCP_CM_INQ: how much is left, where the end counts as a byte. */
  private static void checkUnread(Value.Struct message, ScriptSocket socket) {
    Value type = message.field("cmsg_type");
    if (!is(message, "SOL_TCP", "TCP_CM_INQ")) {
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
    refuseSeveral();
    Value.Struct message = Arguments.struct(wanted.get(0));
    if (!is(message, "SOL_IP", "IP_RECVERR") && !is(message, "SOL_IPV6", "IPV6_RECVERR")) {
      throw ScriptException.failed(message.place(), "the message is of IP_RECVERR or IPV6_RECVERR");
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
    Value.Struct error = Arguments.struct(message.field("cmsg_data"));
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
