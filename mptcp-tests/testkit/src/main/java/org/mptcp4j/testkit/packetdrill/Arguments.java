package org.mptcp4j.testkit.packetdrill;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.mptcp4j.link.packet.IpAddress;

/** The arguments of a call, with the questions that calls ask about them. */
final class Arguments {
  private final CallSpec call;

  Arguments(CallSpec call) {
    this.call = call;
  }

  CallSpec call() {
    return call;
  }

  /** Fails when there are not so many. */
  Arguments count(int least, int most) {
    int count = call.arguments().size();
    if (count < least || count > most) {
      String wanted = least == most ? "" + least : least + " to " + most;
      throw ScriptException.malformed(
          call.place(), call.name() + " has " + wanted + " arguments, not " + count);
    }
    return this;
  }

  Value get(int i) {
    return call.arguments().get(i);
  }

  boolean has(int i) {
    return i < call.arguments().size();
  }

  boolean isAny(int i) {
    return get(i) instanceof Value.Any;
  }

  long number(int i) {
    return number(get(i));
  }

  static long number(Value value) {
    if (value instanceof Value.Int i) {
      return i.number();
    }
    if (value instanceof Value.Items items && items.items().size() == 1) {
      return number(items.items().get(0));
    }
    throw ScriptException.malformed(value.place(), "expected a number");
  }

  /** The text of a number, such as the name of a constant. */
  String text(int i) {
    return get(i) instanceof Value.Int v ? v.text() : "...";
  }

  Value.Struct struct(int i) {
    return struct(get(i));
  }

  static Value.Struct struct(Value value) {
    if (value instanceof Value.Struct s) {
      return s;
    }
    throw ScriptException.malformed(value.place(), "expected a structure: {...}");
  }

  List<Value> items(int i) {
    return items(get(i));
  }

  static List<Value> items(Value value) {
    if (value instanceof Value.Items list) {
      return list.items();
    }
    throw ScriptException.malformed(value.place(), "expected a list: [...]");
  }

  /** Refuses flags other than these; their names are in the text. */
  void onlyFlags(int i, long allowed) {
    long others = number(i) & ~allowed;
    if (others != 0) {
      throw ScriptException.refused(get(i).place(), call.name() + " with " + text(i));
    }
  }

  /** Refuses an argument in which the script looks for what there is not. */
  void onlyAnyOrNull(int i, String what) {
    boolean isNull = get(i) instanceof Value.Int v && v.number() == 0;
    if (!isAny(i) && !isNull) {
      throw ScriptException.refused(get(i).place(), what + " of " + call.name());
    }
  }

  /** A socket address; {@code ...} is the default. */
  InetSocketAddress address(int i, IpAddress anyAddress, int anyPort) {
    if (isAny(i)) {
      return anyAddress.withPort(anyPort);
    }
    Value.Struct s = struct(i);
    boolean v6 = s.fields().containsKey("sin6_port");
    Value port = s.field(v6 ? "sin6_port" : "sin_port");
    Value address = s.field(v6 ? "sin6_addr" : "sin_addr");
    int number = port instanceof Value.Any ? anyPort : (int) number(port);
    return new InetSocketAddress(addressOf(address, anyAddress), number);
  }

  private static InetAddress addressOf(Value value, IpAddress any) {
    if (value instanceof Value.Any) {
      return any.toInetAddress();
    }
    if (value instanceof Value.Text t) {
      try {
        return IpAddress.parse(t.text()).toInetAddress();
      } catch (IllegalArgumentException e) {
        throw ScriptException.malformed(value.place(), e);
      }
    }
    if (number(value) == 0) {
      return IpAddress.parse(any.isV4() ? "0.0.0.0" : "::").toInetAddress();
    }
    throw ScriptException.malformed(value.place(), "expected an address");
  }
}
