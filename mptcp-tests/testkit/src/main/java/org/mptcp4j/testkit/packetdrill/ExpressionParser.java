package org.mptcp4j.testkit.packetdrill;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;

/** Parses expressions as Python has them: or, and, not, chained comparisons, arithmetic, calls. */
final class ExpressionParser {
  /** From the one that binds least. */
  private static final List<String> BITS = List.of("|", "^", "&");

  private static final List<String> COMPARISONS = List.of("==", "!=", "<=", ">=", "<", ">");

  private static final Map<String, ToDoubleFunction<double[]>> FUNCTIONS =
      Map.of(
          "abs", v -> Math.abs(v[0]),
          "int", v -> v[0] < 0 ? Math.ceil(v[0]) : Math.floor(v[0]),
          "float", v -> v[0],
          "round", v -> Math.rint(v[0]),
          "min", v -> Arrays.stream(v).min().orElseThrow(),
          "max", v -> Arrays.stream(v).max().orElseThrow());

  private final TokenStream in;

  ExpressionParser(TokenStream in) {
    this.in = in;
  }

  /** One expression. */
  Expression parse() {
    Expression left = and();
    while (in.acceptWord("or")) {
      Expression first = left;
      Expression second = and();
      left = v -> Expression.isTrue(first.value(v)) || Expression.isTrue(second.value(v));
    }
    return left;
  }

  /** Expressions separated by commas; the value is that of the last, which is what notes show. */
  record Tuple(Expression last) implements Expression {
    @Override
    public Object value(Function<Token, Object> variables) {
      return last.value(variables);
    }
  }

  /** An expression, or a tuple. */
  Expression parseList() {
    Expression last = parse();
    if (!in.at(",")) {
      return last;
    }
    while (in.accept(",") && !in.at(")")) {
      last = parse();
    }
    return new Tuple(last);
  }

  private Expression and() {
    Expression left = not();
    while (in.acceptWord("and")) {
      Expression first = left;
      Expression second = not();
      left = v -> Expression.isTrue(first.value(v)) && Expression.isTrue(second.value(v));
    }
    return left;
  }

  private Expression not() {
    if (in.acceptWord("not")) {
      Expression inner = not();
      return v -> !Expression.isTrue(inner.value(v));
    }
    return comparison();
  }

  private record Step(String operator, Expression right) {}

  private Expression comparison() {
    Expression first = bits();
    List<Step> steps = new ArrayList<>();
    while (COMPARISONS.contains(in.peek().text()) && in.at(Token.Kind.MARK)) {
      String operator = in.take().text();
      steps.add(new Step(operator, bits()));
    }
    if (steps.isEmpty()) {
      return first;
    }
    return v -> {
      Object left = first.value(v);
      for (Step step : steps) {
        Object right = step.right().value(v);
        if (!holds(left, step.operator(), right)) {
          return false;
        }
        left = right;
      }
      return true;
    };
  }

  private static boolean holds(Object left, String operator, Object right) {
    boolean text = left instanceof String || right instanceof String;
    if (text && (operator.equals("==") || operator.equals("!="))) {
      return left.equals(right) == operator.equals("==");
    }
    double a = Expression.number(left);
    double b = Expression.number(right);
    return switch (operator) {
      case "==" -> a == b;
      case "!=" -> a != b;
      case "<=" -> a <= b;
      case ">=" -> a >= b;
      case "<" -> a < b;
      default -> a > b;
    };
  }

  private Expression bits() {
    return bits(0);
  }

  private Expression bits(int level) {
    if (level == BITS.size()) {
      return sum();
    }
    String operator = BITS.get(level);
    Expression left = bits(level + 1);
    while (in.accept(operator)) {
      Expression first = left;
      Expression second = bits(level + 1);
      left =
          v -> {
            long a = Expression.whole(first.value(v));
            long b = Expression.whole(second.value(v));
            return switch (operator) {
              case "&" -> a & b;
              case "|" -> a | b;
              default -> a ^ b;
            };
          };
    }
    return left;
  }

  private Expression sum() {
    Expression left = product();
    while (in.at("+") || in.at("-")) {
      left =
          in.take().is("+")
              ? binary(left, product(), Long::sum, Double::sum, (text, other) -> text + other)
              : binary(left, product(), (a, b) -> a - b, (a, b) -> a - b);
    }
    return left;
  }

  private Expression product() {
    Expression left = unary();
    while (in.at("*") || in.at("/") || in.at("//") || in.at("%")) {
      Token operator = in.take();
      Expression first = left;
      Expression second = unary();
      left =
          switch (operator.text()) {
            case "*" -> binary(first, second, (a, b) -> a * b, (a, b) -> a * b);
            case "/" ->
                v ->
                    divisor(
                        operator,
                        Expression.number(first.value(v)),
                        Expression.number(second.value(v)));
            case "//" ->
                binary(
                    first,
                    second,
                    (a, b) -> floorDiv(operator, a, b),
                    (a, b) -> Math.floor(divisor(operator, a, b)));
            default ->
                binary(
                    first,
                    second,
                    (a, b) -> a - b * floorDiv(operator, a, b),
                    (a, b) -> a - b * Math.floor(divisor(operator, a, b)),
                    ExpressionParser::format);
          };
    }
    return left;
  }

  /** The first place holder of a text filled in; notes of assertions have no more. */
  private static String format(String text, Object value) {
    return text.replaceFirst("%[-0-9.]*[dsfuxg]", Matcher.quoteReplacement(value.toString()));
  }

  private static double divisor(Token operator, double a, double b) {
    if (b == 0) {
      throw ScriptException.failed(operator.place(), "division by zero");
    }
    return a / b;
  }

  private static long floorDiv(Token operator, long a, long b) {
    divisor(operator, a, b);
    return Math.floorDiv(a, b);
  }

  private static Expression binary(
      Expression left,
      Expression right,
      BinaryOperator<Long> whole,
      BinaryOperator<Double> broken) {
    return binary(left, right, whole, broken, (text, other) -> Expression.number(text));
  }

  /** An operator that means something to numbers and to a text at its left side. */
  private static Expression binary(
      Expression left,
      Expression right,
      BinaryOperator<Long> whole,
      BinaryOperator<Double> broken,
      BiFunction<String, Object, Object> joined) {
    return v -> {
      Object a = left.value(v);
      Object b = right.value(v);
      if (a instanceof String text) {
        return joined.apply(text, b);
      }
      if (Expression.isWhole(a) && Expression.isWhole(b)) {
        return whole.apply(Expression.whole(a), Expression.whole(b));
      }
      return broken.apply(Expression.number(a), Expression.number(b));
    };
  }

  private Expression unary() {
    if (in.accept("-")) {
      return binary(v -> 0L, unary(), (a, b) -> a - b, (a, b) -> a - b);
    }
    return in.accept("+") ? unary() : primary();
  }

  private Expression primary() {
    Token token = in.take();
    switch (token.kind()) {
      case NUMBER -> {
        Object value =
            token.text().contains(".")
                ? (Object) new BigDecimal(token.text()).doubleValue()
                : (Object) TokenStream.whole(token);
        return v -> value;
      }
      case STRING -> {
        return v -> token.text();
      }
      case WORD -> {
        return word(token);
      }
      default -> {
        if (!token.is("(")) {
          throw ScriptException.malformed(
              token.place(), "expected a value, found " + token.shown());
        }
        Expression inner = parseList();
        in.expect(")");
        return inner;
      }
    }
  }

  private Expression word(Token name) {
    if (in.accept("(")) {
      return call(name);
    }
    return switch (name.text()) {
      case "True" -> v -> true;
      case "False" -> v -> false;
      default -> v -> v.apply(name);
    };
  }

  private Expression call(Token name) {
    List<Expression> arguments = new ArrayList<>();
    while (!in.accept(")")) {
      if (!arguments.isEmpty()) {
        in.expect(",");
      }
      arguments.add(parse());
    }
    if (name.text().equals("str") && arguments.size() == 1) {
      return v -> arguments.get(0).value(v).toString();
    }
    ToDoubleFunction<double[]> function = FUNCTIONS.get(name.text());
    if (function == null || arguments.isEmpty()) {
      throw ScriptException.refused(name.place(), "function " + name.text() + "() in code");
    }
    return v -> {
      List<Object> values = arguments.stream().map(a -> a.value(v)).toList();
      double result =
          function.applyAsDouble(values.stream().mapToDouble(Expression::number).toArray());
      boolean whole = values.stream().allMatch(Expression::isWhole) || name.text().equals("int");
      return whole && !name.text().equals("float") ? (Object) (long) result : (Object) result;
    };
  }
}
