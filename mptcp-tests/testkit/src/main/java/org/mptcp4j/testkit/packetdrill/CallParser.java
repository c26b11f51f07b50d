package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Parses calls of the socket interface and their arguments. */
final class CallParser {
  /** Functions that only change the form of a value, which has no meaning here. */
  private static final Set<String> TRANSPARENT =
      Set.of("htons", "htonl", "inet_addr", "inet_pton", "sizeof");

  private final TokenStream in;

  CallParser(TokenStream in) {
    this.in = in;
  }

  CallSpec parse() {
    Token name = in.expect(Token.Kind.WORD);
    in.expect("(");
    List<Value> arguments = list(")");
    in.expect("=");
    OptionalLong result = OptionalLong.empty();
    if (!in.accept("...")) {
      result = OptionalLong.of(value() instanceof Value.Int i ? i.number() : fail(name));
    }
    String errno = "";
    if (in.at(Token.Kind.WORD) && in.peek().text().startsWith("E")) {
      errno = in.take().text();
    }
    if (in.accept("(")) {
      while (!in.accept(")")) {
        if (in.atEnd()) {
          throw in.unexpected("')'");
        }
        in.take(); // the note that says an error or flags in words
      }
    }
    return new CallSpec(name.place(), name.text(), arguments, result, errno, false, 0);
  }

  private static long fail(Token name) {
    throw ScriptException.malformed(name.place(), "a call returns a number");
  }

  private List<Value> list(String close) {
    List<Value> values = new ArrayList<>();
    while (!in.accept(close)) {
      if (!values.isEmpty()) {
        in.expect(",");
      }
      values.add(value());
    }
    return values;
  }

  private Value value() {
    Token first = in.peek();
    Place place = first.place();
    if (in.accept("...")) {
      return new Value.Any(place);
    }
    if (first.kind() == Token.Kind.STRING) {
      return new Value.Text(place, in.take().text());
    }
    if (in.accept("[")) {
      return new Value.Items(place, list("]"));
    }
    if (in.accept("{")) {
      return new Value.Struct(place, fields());
    }
    return flags(place);
  }

  private Map<String, Value> fields() {
    Map<String, Value> fields = new LinkedHashMap<>();
    while (!in.accept("}")) {
      if (!fields.isEmpty()) {
        in.expect(",");
      }
      fields.put(isNamed() ? fieldName() : String.valueOf(fields.size()), value());
    }
    return fields;
  }

  private boolean isNamed() {
    Token first = in.peek();
    return first.kind() == Token.Kind.WORD
        && (in.peek(1).is("=") || in.peek(1).is("(") && !TRANSPARENT.contains(first.text()));
  }

  /** A name, or a name with a count in parentheses as in {@code msg_iov(1)}. */
  private String fieldName() {
    String name = in.take().text();
    if (in.accept("(")) {
      list(")");
    }
    in.expect("=");
    return name;
  }

  /** A number, a constant, or several joined by a vertical bar. */
  private Value flags(Place place) {
    if (in.at(Token.Kind.WORD) && in.peek(1).is("(")) {
      return wrapped(place);
    }
    long number = 0;
    StringBuilder text = new StringBuilder();
    do {
      Token token = in.peek();
      text.append(text.isEmpty() ? "" : "|").append(token.text());
      number |= token.kind() == Token.Kind.WORD ? Constants.of(in.take()) : in.number();
    } while (in.accept("|"));
    return new Value.Int(place, number, text.toString());
  }

  private Value wrapped(Place place) {
    Token function = in.take();
    if (!TRANSPARENT.contains(function.text())) {
      throw ScriptException.refused(place, "function " + function.text() + "()");
    }
    in.expect("(");
    List<Value> inside = list(")");
    if (inside.isEmpty()) {
      throw ScriptException.malformed(place, function.text() + "() of nothing");
    }
    return inside.get(inside.size() - 1);
  }
}
