package org.mptcp4j.cc;

/**
 * The subflows of one MPTCP connection, those in their handshake included. It changes as subflows
 * come and go; who walks it does so within one call.
 */
public interface CcGroup {
  /** That of a connection without siblings: plain TCP. It is empty. */
  CcGroup NONE =
      new CcGroup() {
        @Override
        public int size() {
          return 0;
        }

        @Override
        public CcSubflow member(int index) {
          throw new IndexOutOfBoundsException("plain TCP has no subflow " + index);
        }
      };

  /** How many there are. */
  int size();

  /**
   * One of them.
   *
   * @param index 0 to {@link #size()} - 1, in order of creation
   */
  CcSubflow member(int index);
}
