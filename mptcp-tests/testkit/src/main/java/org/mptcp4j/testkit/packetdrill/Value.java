package org.mptcp4j.testkit.packetdrill;

import java.util.List;
import java.util.Map;

/** An argument of a call. */
sealed interface Value {
  /** Where it stands. */
  Place place();

  /** {@code ...}: the harness fills it in. */
  record Any(Place place) implements Value {}

  /** A number, a constant, or constants joined by a vertical bar; NULL is 0. */
  record Int(Place place, long number, String text) implements Value {}

  /** {@code "text"}. */
  record Text(Place place, String text) implements Value {}

  /** {@code [a, b]}. */
  record Items(Place place, List<Value> items) implements Value {}

  /** {@code {name=value, ...}}. */
  record Struct(Place place, Map<String, Value> fields) implements Value {
    /** A field, or a refusal that says which is missing. */
    Value field(String name) {
      Value value = fields.get(name);
      if (value == null) {
        throw ScriptException.malformed(place, "there is no " + name + " in this structure");
      }
      return value;
    }
  }
}
