package org.mptcp4j.mptcp;

import org.mptcp4j.wire.Seq32;

/**
 * Which mappings of a subflow are to be told on acknowledgements: where a box takes the options off
 * segments with data, or joins such segments, and leaves others alone. RFC 8684 section 3.3.1: a
 * mapping need not come with its data.
 */
final class MappingNotes {
  /**
   * RFC 8684 section 4 has no more of what may be taken for duplicate acknowledgements in a row.
   */
  private static final int TIMES = 2;

  private boolean begun;
  private int toldSeq; // everything before was told
  private int times; // so often was the next one told

  /** Whether one is due. */
  boolean due(TxMappings mappings) {
    return mappings.size() > 0 && (!begun || Seq32.lt(toldSeq, mappings.endSeq()));
  }

  /** Position of the next one, which is told now; one must be due. */
  int next(TxMappings mappings) {
    int position = begun ? Math.max(0, mappings.find(toldSeq)) : 0;
    begun = true;
    toldSeq = mappings.seq(position);
    if (++times == TIMES) {
      times = 0;
      toldSeq += mappings.length(position);
    }
    return position;
  }

  /** All that there are are due again; whether there are any. */
  boolean again(TxMappings mappings) {
    begun = false;
    times = 0;
    return mappings.size() > 0;
  }
}
