/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;

/**
 * A connection that is being opened.
 *
 * @param connection the number of its place in the pool
 * @param age since it was asked for
 */
public record OpeningInFlight(long connection, Duration age) {}
