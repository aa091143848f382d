/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.diagnose.Demand;
import dev.naiad.pool.diagnose.Forecast;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of a pool lately. It is measured while somebody looks: each look has it measured for another ten seconds.
 *
 * @param waits how long the callers of the last ten seconds waited; who did not wait counts as zero
 * @param holds how long the connections were held that came back in the last ten seconds
 * @param demand what was asked for in the last minute; null as long as too little was seen
 * @param forecasts what pools of other sizes would mean for that demand; empty without one
 * @param target how long 99 of 100 callers may wait, for {@code enough}
 * @param enough the fewest connections that keep to it; null if that cannot be told
 */
public record PoolLoad(
        Distribution waits,
        Distribution holds,
        @Nullable Demand demand,
        List<Forecast> forecasts,
        Duration target,
        @Nullable Integer enough) {

    /**
     * A distribution of times; each is right to within an eighth.
     *
     * @param count of how many
     * @param p50 what half of them do not exceed; this and what follows is null if there are none
     * @param p95 what 95 of 100 do not exceed
     * @param p99 what 99 of 100 do not exceed
     */
    public record Distribution(
            long count,
            @Nullable Duration p50,
            @Nullable Duration p95,
            @Nullable Duration p99) {}
}
