package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The code between <code>%{</code> and <code>}%</code>: assertions, assignments and print, in the
 * little of Python that scripts use. It is parsed with the script and evaluated when its time has
 * come.
 */
final class Assertions {

  /** A statement. */
  private sealed interface Statement {
    Place place();
  }

  private record Assert(Place place, String text, Expression condition, Optional<Expression> note)
      implements Statement {}

  private record Assign(Place place, String name, Expression value) implements Statement {}

  private record Evaluate(Place place, Expression value) implements Statement {}

  private final List<Statement> statements;

  private Assertions(List<Statement> statements) {
    this.statements = List.copyOf(statements);
  }

  /** Parses the code of a token. */
  static Assertions parse(Token code) {
    Place begin = code.place();
    Place inside = new Place(begin.file(), begin.line(), begin.column() + 2);
    TokenStream in = new TokenStream(Lexer.piece(inside, code.text()));
    ExpressionParser expressions = new ExpressionParser(in);
    List<Statement> statements = new ArrayList<>();
    while (skipSeparators(in)) {
      statements.add(statement(in, expressions, code.text()));
      if (!in.atEnd() && !in.at("\n") && !in.at(";")) {
        throw in.unexpected("the end of the statement");
      }
    }
    return new Assertions(statements);
  }

  private static boolean skipSeparators(TokenStream in) {
    while (in.accept("\n") || in.accept(";")) {
      // Empty statements.
    }
    return !in.atEnd();
  }

  private static Statement statement(TokenStream in, ExpressionParser expressions, String code) {
    Token first = in.peek();
    if (in.acceptWord("assert")) {
      int start = in.peek().start();
      Expression condition = expressions.parse();
      if (condition instanceof ExpressionParser.Tuple) {
        throw ScriptException.refused(
            first.place(), "an assertion of several values in brackets, which always holds");
      }
      String text = code.substring(start, in.peek().start()).strip();
      Optional<Expression> note =
          in.accept(",") ? Optional.of(expressions.parse()) : Optional.empty();
      return new Assert(first.place(), text, condition, note);
    }
    if (in.acceptWord("print")) {
      return new Evaluate(
          first.place(), in.at("\n") || in.atEnd() ? v -> 0L : expressions.parseList());
    }
    if (first.kind() == Token.Kind.WORD && in.peek(1).is("=")) {
      in.take();
      in.take();
      return new Assign(first.place(), first.text(), expressions.parse());
    }
    if (first.kind() == Token.Kind.WORD) {
      throw ScriptException.refused(first.place(), "statement '" + first.text() + "' in code");
    }
    throw in.unexpected("assert, print or an assignment");
  }

  /**
   * Evaluates the code.
   *
   * @param given the value of a variable that the code did not set; asked with its token
   */
  void check(Function<Token, Object> given) {
    Map<String, Object> assigned = new HashMap<>();
    Function<Token, Object> variables =
        name -> assigned.containsKey(name.text()) ? assigned.get(name.text()) : given.apply(name);
    for (Statement statement : statements) {
      try {
        execute(statement, assigned, variables);
      } catch (IllegalArgumentException e) {
        throw ScriptException.malformed(statement.place(), e);
      }
    }
  }

  private static void execute(
      Statement statement, Map<String, Object> assigned, Function<Token, Object> variables) {
    if (statement instanceof Assign a) {
      assigned.put(a.name(), a.value().value(variables));
    } else if (statement instanceof Evaluate e) {
      e.value().value(variables);
    } else if (statement instanceof Assert a) {
      check(a, variables);
    }
  }

  private static void check(Assert a, Function<Token, Object> variables) {
    List<String> seen = new ArrayList<>();
    Function<Token, Object> watched =
        name -> {
          Object value = variables.apply(name);
          String entry = name.text() + " = " + value;
          if (!seen.contains(entry)) {
            seen.add(entry);
          }
          return value;
        };
    if (Expression.isTrue(a.condition().value(watched))) {
      return;
    }
    String note = a.note().map(n -> "; note: " + n.value(variables)).orElse("");
    throw ScriptException.failed(
        a.place(),
        "the assertion does not hold: " + a.text() + "; " + String.join(", ", seen) + note);
  }
}
