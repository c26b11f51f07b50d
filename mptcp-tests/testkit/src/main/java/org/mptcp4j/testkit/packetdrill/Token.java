package org.mptcp4j.testkit.packetdrill;

/**
 * The smallest piece of a script that means something.
 *
 * @param kind what it is
 * @param text its text; of strings, commands and code without what encloses them
 * @param place where it begins
 * @param start index of its first character
 * @param end index behind its last character
 */
record Token(Kind kind, String text, Place place, int start, int end) {

  enum Kind {
    WORD("a name"),
    NUMBER("a number"),
    ADDRESS("an address"),
    STRING("a string"),
    COMMAND("a shell command"),
    CODE("code"),
    OPTION("an option"),
    MARK("a mark"),
    END("the end of the script");

    private final String description;

    Kind(String description) {
      this.description = description;
    }

    String description() {
      return description;
    }
  }

  boolean is(String mark) {
    return kind == Kind.MARK && text.equals(mark);
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equals(word);
  }

  /** What the reader of an error sees. */
  String shown() {
    return kind == Kind.END ? kind.description() : "'" + text + "'";
  }
}
