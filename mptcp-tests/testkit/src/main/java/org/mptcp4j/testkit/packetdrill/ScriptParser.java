package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Parses a whole script: options, a command at the beginning, events, a command at the end. */
final class ScriptParser {
  private final TokenStream in;

  private ScriptParser(TokenStream in) {
    this.in = in;
  }

  /**
   * Parses a script.
   *
   * @param definitions texts that stand for names
   */
  static Script parse(String file, String text, Map<String, String> definitions) {
    List<Token> tokens = new ArrayList<>();
    for (Token token : Lexer.script(file, text)) {
      String meaning = token.kind() == Token.Kind.WORD ? definitions.get(token.text()) : null;
      if (meaning == null) {
        tokens.add(token);
      } else {
        List<Token> pieces = Lexer.piece(token.place(), meaning);
        tokens.addAll(pieces.subList(0, pieces.size() - 1));
      }
    }
    return new ScriptParser(new TokenStream(tokens)).script();
  }

  private Script script() {
    List<Token> options = new ArrayList<>();
    while (in.at(Token.Kind.OPTION)) {
      options.add(in.take());
    }
    List<Token> init = commands();
    List<ScriptEvent> events = new ArrayList<>();
    List<Token> cleanup = List.of();
    while (!in.atEnd()) {
      if (in.at(Token.Kind.COMMAND)) {
        cleanup = commands();
        if (!in.atEnd()) {
          throw in.unexpected("nothing behind the command at the end");
        }
      } else {
        events.add(event());
      }
    }
    return new Script(options, init, events, cleanup);
  }

  private List<Token> commands() {
    List<Token> commands = new ArrayList<>();
    while (in.at(Token.Kind.COMMAND)) {
      commands.add(in.take());
    }
    return commands;
  }

  private ScriptEvent event() {
    Place begin = in.peek().place();
    EventTime time = time();
    long endNs = -1;
    if (in.accept("...")) {
      in.accept("+");
      endNs = in.seconds();
    }
    Place place = in.peek().place();
    ScriptEvent.Action action = action();
    if (endNs >= 0) {
      if (!(action instanceof ScriptEvent.Call call)) {
        throw ScriptException.malformed(begin, "only calls have a time at which they end");
      }
      action = new ScriptEvent.Call(call.call().until(endNs));
    }
    return new ScriptEvent(place, time, action);
  }

  private EventTime time() {
    if (in.accept("*")) {
      return EventTime.ANY;
    }
    boolean relative = in.accept("+");
    if (!in.at(Token.Kind.NUMBER)) {
      throw in.unexpected("the time of an event");
    }
    long from = in.seconds();
    long to = from;
    if (in.accept("~")) {
      in.accept("+");
      to = in.seconds();
    }
    EventTime.Base base = relative ? EventTime.Base.PREVIOUS : EventTime.Base.START;
    return new EventTime(base, from, to);
  }

  private ScriptEvent.Action action() {
    if (in.at("<") || in.at(">")) {
      return new PacketParser(in).parse();
    }
    if (in.at(Token.Kind.COMMAND)) {
      return new ScriptEvent.Command(in.take().text());
    }
    if (in.at(Token.Kind.CODE)) {
      return new ScriptEvent.Code(Assertions.parse(in.take()));
    }
    if (in.at(Token.Kind.WORD) && in.peek(1).is("(")) {
      return new ScriptEvent.Call(new CallParser(in).parse());
    }
    throw in.unexpected("a packet, a call, a command or code");
  }
}
