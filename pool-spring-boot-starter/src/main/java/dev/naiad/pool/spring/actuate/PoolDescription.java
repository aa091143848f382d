/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.PoolSnapshot;
import dev.naiad.pool.Suspension;
import dev.naiad.pool.diagnose.Diagnosis;
import dev.naiad.pool.diagnose.ExhaustionReport;
import dev.naiad.pool.spring.registry.PoolFailure;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint shows of a pool. Never a password.
 *
 * @param bean the bean it was found in
 * @param poolClass the pool's class
 * @param status the line the pool has for people
 * @param url the JDBC URL without passwords; null if connections come from code
 * @param username the database user, if named
 * @param suspension what callers meet at present; null unless the pool is suspended
 * @param figures the pool at this moment
 * @param diagnosis the verdict on the report, with evidence and advice
 * @param report who holds connections, who waits, what is being opened; SQL is without literals
 * @param slots the places of the pool, by their numbers
 * @param settings by name, with the place each comes from
 * @param recentFailures the newest first
 */
public record PoolDescription(
        String bean,
        String poolClass,
        String status,
        @Nullable String url,
        @Nullable String username,
        @Nullable Suspension suspension,
        PoolSnapshot figures,
        Diagnosis diagnosis,
        ExhaustionReport report,
        List<SlotDescription> slots,
        Map<String, SettingSource.Setting> settings,
        List<PoolFailure> recentFailures) {}
