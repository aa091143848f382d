/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The return of a connection whose borrower waits for it no longer than {@code reset_timeout}, whatever the driver does.
 *
 * <p>Either the return ends, or the borrower breaks it off: the record's word decides. The housekeeper leaves these returns alone.
 */
final class BoundedReturn extends Errand {

    private final ConnectionFairy fairy;
    private final ConnectionRecord record;
    private final Pool pool;
    private final long word;
    private @Nullable SQLException lostCommit;

    /** For who has just spent the ticket. */
    BoundedReturn(ConnectionFairy fairy) {
        this.fairy = fairy;
        record = fairy.record();
        pool = record.pool();
        word = record.ticket();
    }

    @Override
    void go() {
        lostCommit = fairy.giveBackNow();
    }

    /** Returns the failure of a commit, or null. */
    @Nullable
    SQLException await(Duration limit) throws SQLException {
        LostConnections.PlaceSentinel sentinel = record.sentinel();
        boolean owesCommit = fairy.owesCommit();
        long deadline = pool.ticker().nanos() + PoolConfig.saturatedNanos(limit);
        record.markBound(word);
        if (sentinel == null || !pool.tryInBackground(this)) {
            record.markBound(0);
            return fairy.giveBackNow();
        }
        if (!await(pool.ticker(), deadline)
                && sentinel.tryBreakOff(word, "reset_timeout (" + limit + ")", caller, runner())) {
            return owesCommit ? unknown(pool, "connection " + record.id(), limit) : null;
        }
        await();
        check();
        return lostCommit;
    }

    static SQLException unknown(Pool pool, String which, Duration limit) {
        return new SQLTimeoutException(
                "Pool '" + pool.name() + "': the commit on return of " + which + " takes longer than reset_timeout ("
                        + limit + "); what becomes of it is not known.",
                "08007");
    }
}
