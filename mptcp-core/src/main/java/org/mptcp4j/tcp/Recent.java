package org.mptcp4j.tcp;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was noted lately, in a map that forgets the oldest note for a new one when it is full. A
 * note that is made again is the newest. One thread.
 *
 * @param <K> what is noted about
 * @param <V> the note
 */
public final class Recent<K, V> {
  private final Map<K, V> notes;

  /**
   * An empty one.
   *
   * @param limit notes kept, at least 1
   */
  public Recent(int limit) {
    notes =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > limit;
          }
        };
  }

  /** What is noted; null when nothing is, or it is forgotten. */
  public V get(K key) {
    return notes.isEmpty() ? null : notes.get(key);
  }

  /** Notes something, instead of what was noted. */
  public void put(K key, V note) {
    notes.remove(key);
    notes.put(key, note);
  }

  /** Forgets a note, if there is one. */
  public void remove(K key) {
    if (!notes.isEmpty()) {
      notes.remove(key);
    }
  }

  /** Whether nothing is noted. */
  public boolean isEmpty() {
    return notes.isEmpty();
  }

  /** Number of notes. */
  public int size() {
    return notes.size();
  }

  /** Forgets everything. */
  public void clear() {
    notes.clear();
  }
}
