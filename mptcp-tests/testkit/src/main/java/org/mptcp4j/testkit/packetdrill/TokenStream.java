package org.mptcp4j.testkit.packetdrill;

import java.math.BigDecimal;
import java.util.List;

/** The tokens of a script with a place in them, and the small questions that all parsers ask. */
final class TokenStream {
  private final List<Token> tokens;
  private int next;

  TokenStream(List<Token> tokens) {
    this.tokens = List.copyOf(tokens);
  }

  Token peek() {
    return tokens.get(next);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(next + ahead, tokens.size() - 1));
  }

  Token take() {
    Token token = tokens.get(next);
    next = Math.min(next + 1, tokens.size() - 1);
    return token;
  }

  boolean atEnd() {
    return peek().kind() == Token.Kind.END;
  }

  boolean at(Token.Kind kind) {
    return peek().kind() == kind;
  }

  boolean at(String mark) {
    return peek().is(mark);
  }

  boolean atWord(String word) {
    return peek().isWord(word);
  }

  /** Takes the mark if it is next. */
  boolean accept(String mark) {
    boolean found = at(mark);
    if (found) {
      take();
    }
    return found;
  }

  /** Takes the word if it is next. */
  boolean acceptWord(String word) {
    boolean found = atWord(word);
    if (found) {
      take();
    }
    return found;
  }

  Token expect(String mark) {
    if (!at(mark)) {
      throw unexpected("'" + mark + "'");
    }
    return take();
  }

  Token expect(Token.Kind kind) {
    if (!at(kind)) {
      throw unexpected(kind.description());
    }
    return take();
  }

  /** A whole number that may be hexadecimal or negative. */
  long number() {
    boolean negative = accept("-");
    Token token = expect(Token.Kind.NUMBER);
    long value = whole(token);
    return negative ? -value : value;
  }

  /** A whole number within bounds. */
  int number(String what, long least, long most) {
    Token token = peek();
    long value = number();
    if (value < least || value > most) {
      throw ScriptException.malformed(
          token.place(), what + " must be " + least + " to " + most + ", not " + value);
    }
    return (int) value;
  }

  /** The value of a token that is a whole number. */
  static long whole(Token token) {
    try {
      return Long.decode(token.text().matches("0\\d+") ? stripZeros(token.text()) : token.text());
    } catch (NumberFormatException e) {
      throw ScriptException.malformed(token.place(), token.shown() + " is no whole number");
    }
  }

  private static String stripZeros(String digits) {
    String stripped = digits.replaceFirst("^0+", "");
    return stripped.isEmpty() ? "0" : stripped;
  }

  /** A time in seconds, as nanoseconds. */
  long seconds() {
    Token token = expect(Token.Kind.NUMBER);
    try {
      return new BigDecimal(token.text()).movePointRight(9).longValue();
    } catch (NumberFormatException e) {
      throw ScriptException.malformed(token.place(), token.shown() + " is no time in seconds");
    }
  }

  ScriptException unexpected(String wanted) {
    return ScriptException.malformed(
        peek().place(), "expected " + wanted + ", found " + peek().shown());
  }
}
