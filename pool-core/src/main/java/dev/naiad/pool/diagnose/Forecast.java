/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;
import java.util.Optional;

/**
 * How long callers would wait for a connection.
 *
 * @param connections with how many connections
 * @param utilisation the part of them in use on average; from 1 on the queue grows without end
 * @param waiting the part of the callers who have to wait at all
 * @param meanWait of all callers; empty if the queue grows without end
 * @param p99Wait what 99 of 100 callers do not exceed; empty if the queue grows without end
 */
public record Forecast(
        int connections, double utilisation, double waiting, Optional<Duration> meanWait, Optional<Duration> p99Wait) {}
