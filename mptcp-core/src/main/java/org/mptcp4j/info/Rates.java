package org.mptcp4j.info;

/**
 * How fast a connection sends and how much gets through: {@code tcpi_delivered}, {@code
 * tcpi_delivery_rate}, {@code tcpi_delivery_rate_app_limited} and {@code tcpi_pacing_rate}.
 *
 * @param deliveredBytes payload bytes delivered, by all that acknowledgements said
 * @param deliveryBytesPerSecond the newest measure of the rate at which that happens; 0 without one
 * @param appLimited whether the application wrote too little meanwhile for more
 * @param pacingBytesPerSecond what the congestion window makes of a round trip; {@link
 *     Long#MAX_VALUE} before the first was measured
 */
public record Rates(
    long deliveredBytes,
    long deliveryBytesPerSecond,
    boolean appLimited,
    long pacingBytesPerSecond) {}
