package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.List;

/** Cuts the text of a script into tokens. Comments go. */
final class Lexer {
  private static final String[] MARKS = {"...", "==", "!=", "<=", ">=", "//", "**", "<<", ">>"};

  private final String file;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line;
  private int lineStart;

  /** Brackets that are open; within them a statement goes on in the next line. */
  private int open;

  private Lexer(String file, String text, int line, int column) {
    this.file = file;
    this.text = text;
    this.line = line;
    lineStart = 1 - column;
  }

  /** All tokens of a script; the last one is of kind END. */
  static List<Token> script(String file, String text) {
    Lexer lexer = new Lexer(file, text, 1, 1);
    lexer.scan(true);
    return lexer.tokens;
  }

  /** All tokens of a piece of a script that begins at that place, such as code. */
  static List<Token> piece(Place from, String text) {
    Lexer lexer = new Lexer(from.file(), text, from.line(), from.column());
    lexer.scan(false);
    return lexer.tokens;
  }

  private Place here() {
    return new Place(file, line, at - lineStart + 1);
  }

  private char ahead(int offset) {
    return at + offset < text.length() ? text.charAt(at + offset) : 0;
  }

  /** Code of assertions has line ends that matter and "//" as an operator; scripts have not. */
  private void scan(boolean script) {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        if (!script && open == 0) {
          add(Token.Kind.MARK, "\n", here(), at, at + 1);
        } else {
          at++;
        }
        line++;
        lineStart = at;
      } else if (!script && text.startsWith("\\\n", at)) {
        moveTo(at + 2); // the statement goes on in the next line
      } else if (Character.isWhitespace(c)) {
        at++;
      } else if (!(script ? skipComment() : skipHashComment())) {
        token(c, script);
      }
    }
    add(Token.Kind.END, "", here(), at, at);
  }

  private boolean skipHashComment() {
    if (ahead(0) != '#') {
      return false;
    }
    while (at < text.length() && text.charAt(at) != '\n') {
      at++;
    }
    return true;
  }

  private boolean skipComment() {
    if (text.startsWith("//", at)) {
      while (at < text.length() && text.charAt(at) != '\n') {
        at++;
      }
      return true;
    }
    if (!text.startsWith("/*", at)) {
      return false;
    }
    Place begin = here();
    int end = text.indexOf("*/", at + 2);
    if (end < 0) {
      throw ScriptException.malformed(begin, "this comment has no end");
    }
    moveTo(end + 2);
    return true;
  }

  /** Moves on and counts lines. */
  private void moveTo(int index) {
    for (; at < index; at++) {
      if (text.charAt(at) == '\n') {
        line++;
        lineStart = at + 1;
      }
    }
  }

  private void add(Token.Kind kind, String value, Place place, int start, int end) {
    tokens.add(new Token(kind, value, place, start, end));
    at = end;
  }

  private void token(char c, boolean script) {
    if (Character.isLetter(c) || c == '_') {
      take(Token.Kind.WORD, wordEnd(at));
    } else if (Character.isDigit(c) || c == '.' && Character.isDigit(ahead(1))) {
      number();
    } else if (c == '"' || c == '\'' && !script) {
      enclosed(Token.Kind.STRING, String.valueOf(c), String.valueOf(c));
    } else if (c == '`') {
      enclosed(Token.Kind.COMMAND, "`", "`");
    } else if (text.startsWith("%{", at)) {
      enclosed(Token.Kind.CODE, "%{", "}%");
    } else if (script && text.startsWith("--", at) && Character.isLetter(ahead(2))) {
      int end = at;
      while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
        end++;
      }
      take(Token.Kind.OPTION, end);
    } else {
      mark(c, script);
    }
  }

  private void take(Token.Kind kind, int end) {
    add(kind, text.substring(at, end), here(), at, end);
  }

  private int wordEnd(int from) {
    int end = from;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
      end++;
    }
    return end;
  }

  private int digitsEnd(int from) {
    int end = from;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private void number() {
    if (ahead(0) == '0' && (ahead(1) == 'x' || ahead(1) == 'X')) {
      take(Token.Kind.NUMBER, wordEnd(at));
      return;
    }
    int end = digitsEnd(at);
    int parts = 1;
    while (end + 1 < text.length()
        && text.charAt(end) == '.'
        && Character.isDigit(text.charAt(end + 1))) {
      end = digitsEnd(end + 1);
      parts++;
    }
    take(parts == 4 ? Token.Kind.ADDRESS : Token.Kind.NUMBER, end);
    if (parts == 3 || parts > 4) {
      Token bad = tokens.get(tokens.size() - 1);
      throw ScriptException.malformed(bad.place(), bad.shown() + " is neither number nor address");
    }
  }

  private void enclosed(Token.Kind kind, String open, String close) {
    Place begin = here();
    int start = at;
    int end = text.indexOf(close, at + open.length());
    if (end < 0) {
      throw ScriptException.malformed(begin, "there is no " + close + " to this " + open);
    }
    String inside = text.substring(at + open.length(), end);
    moveTo(end + close.length());
    tokens.add(new Token(kind, inside, begin, start, at));
  }

  private void mark(char c, boolean script) {
    for (String mark : MARKS) {
      boolean fits = mark.equals("...") || !script;
      if (fits && text.startsWith(mark, at)) {
        take(Token.Kind.MARK, at + mark.length());
        return;
      }
    }
    if ("<>:()[]{},=+-~*|.&/!%^;$".indexOf(c) < 0) {
      throw ScriptException.malformed(here(), "'" + c + "' means nothing here");
    }
    if (c == '(' || c == '[') {
      open++;
    } else if (c == ')' || c == ']') {
      open = Math.max(0, open - 1);
    }
    take(Token.Kind.MARK, at + 1);
  }
}
