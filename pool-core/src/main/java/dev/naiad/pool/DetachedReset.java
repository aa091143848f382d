/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The reset of a detached connection that is being closed, for which its user waits no longer than {@code reset_timeout}. */
final class DetachedReset extends Errand {

    private final ConnectionFairy fairy;
    private final DetachedConnection detached;
    private final Connection raw;
    private final Pool pool;
    private @Nullable SQLException lostCommit;

    DetachedReset(ConnectionFairy fairy, DetachedConnection detached, Connection raw) {
        this.fairy = fairy;
        this.detached = detached;
        this.raw = raw;
        pool = fairy.record().pool();
    }

    @Override
    void go() {
        lostCommit = fairy.resetDetached(detached);
    }

    /** Resets and closes; returns the failure of a commit, or null. */
    @Nullable
    SQLException await(Duration limit) throws SQLException {
        boolean owesCommit = fairy.owesCommit();
        long deadline = pool.ticker().nanos() + PoolConfig.saturatedNanos(limit);
        if (!pool.tryInBackground(this)) {
            go();
        } else if (!await(pool.ticker(), deadline)) {
            Thread runner = runner();
            pool.logSafely(log -> log.warn(
                    "Pool '{}': giving back a detached connection takes longer than reset_timeout ({}){}; it is aborted",
                    pool.name(),
                    limit,
                    DriverCall.whereabouts(caller, runner)));
            pool.inBackground(() -> fairy.endDetached(raw, true));
            return owesCommit ? BoundedReturn.unknown(pool, "a detached connection", limit) : null;
        }
        try {
            check();
            return lostCommit;
        } finally {
            fairy.endDetached(raw, false);
        }
    }
}
