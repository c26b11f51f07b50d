package org.mptcp4j.api;

/**
 * A {@code meta_sk} as it was at one moment: the data level. Sequence numbers are those of the data
 * sequence space, sizes are in bytes.
 *
 * @param state where the connection is in its life: {@code "ESTABLISHED"}, {@code "FIN_WAIT_1"},
 *     ...
 * @param sndUna first byte without a DATA_ACK
 * @param sndNxt next byte to be given to a subflow
 * @param writeSeq end of what the application has written
 * @param sndWnd what the peer's window still admits
 * @param rcvNxt next byte expected, which is our DATA_ACK
 * @param rcvWnd what our window admits from there on
 * @param sendBuffer size of the send buffer
 * @param receiveBuffer size of the receive buffer
 * @param readable bytes in order that wait for the application
 * @param outOfOrder bytes held beyond a hole
 * @param dataFinSent whether our DATA_FIN has a number
 * @param dataFinAcked whether it was acknowledged
 */
public record MetaSockView(
    String state,
    long sndUna,
    long sndNxt,
    long writeSeq,
    long sndWnd,
    long rcvNxt,
    int rcvWnd,
    int sendBuffer,
    int receiveBuffer,
    long readable,
    long outOfOrder,
    boolean dataFinSent,
    boolean dataFinAcked) {}
