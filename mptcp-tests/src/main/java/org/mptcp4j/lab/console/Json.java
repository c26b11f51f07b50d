package org.mptcp4j.lab.console;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the reports of the commands as JSON (RFC 8259): records and maps become objects,
 * collections arrays. Names of record components become {@code snake_case}. Output only.
 */
public final class Json {
  private final StringBuilder out = new StringBuilder();
  private int depth;

  private Json() {}

  /**
   * {@code value} as JSON, indented, without a line end.
   *
   * @throws IllegalArgumentException for a value that is no record, map, collection, string,
   *     number, boolean, enum or null
   */
  public static String of(Object value) {
    Json json = new Json();
    json.write(value);
    return json.out.toString();
  }

  private void write(Object value) {
    if (value == null
        || value instanceof Boolean
        || value instanceof Long
        || value instanceof Integer) {
      out.append(value);
    } else if (value instanceof Number number) {
      number(number.doubleValue());
    } else if (value instanceof CharSequence || value instanceof Enum<?>) {
      string(value.toString());
    } else if (value instanceof Map<?, ?> map) {
      object(map);
    } else if (value instanceof Collection<?> items) {
      array(items);
    } else if (value.getClass().isRecord()) {
      object(components(value));
    } else {
      throw new IllegalArgumentException("no JSON for " + value.getClass().getName());
    }
  }

  // RFC 8259 section 6: numbers that cannot be written as digits (NaN, infinity) are not permitted.
  private void number(double value) {
    if (!Double.isFinite(value)) {
      out.append("null");
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      out.append((long) value);
    } else {
      out.append(String.format(Locale.ROOT, "%.6g", value));
    }
  }

  private void string(String text) {
    out.append('"');
    text.chars()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> {
                  if (c < 0x20) {
                    out.append(String.format(Locale.ROOT, "\\u%04x", c));
                  } else {
                    out.append((char) c);
                  }
                }
              }
            });
    out.append('"');
  }

  private void object(Map<?, ?> members) {
    open('{');
    boolean first = true;
    for (Map.Entry<?, ?> member : members.entrySet()) {
      next(first);
      first = false;
      string(member.getKey().toString());
      out.append(": ");
      write(member.getValue());
    }
    close('}', first);
  }

  private void array(Collection<?> items) {
    open('[');
    boolean first = true;
    for (Object item : items) {
      next(first);
      first = false;
      write(item);
    }
    close(']', first);
  }

  private void open(char bracket) {
    out.append(bracket);
    depth++;
  }

  private void next(boolean first) {
    if (!first) {
      out.append(',');
    }
    line();
  }

  private void close(char bracket, boolean empty) {
    depth--;
    if (!empty) {
      line();
    }
    out.append(bracket);
  }

  private void line() {
    out.append('\n').append("  ".repeat(depth));
  }

  private static Map<String, Object> components(Object value) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      component.getAccessor().setAccessible(true); // reports are not public
      try {
        members.put(snakeCase(component.getName()), component.getAccessor().invoke(value));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalArgumentException("cannot read " + component, e);
      }
    }
    return members;
  }

  private static String snakeCase(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_")
        .toLowerCase(Locale.ROOT);
  }
}
