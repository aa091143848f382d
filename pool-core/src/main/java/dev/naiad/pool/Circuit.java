/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether it makes sense to try and open a connection. When every attempt has failed for a while the circuit opens:
 * from then on there is one attempt at a time, with a short and growing pause before each. The first success closes it.
 *
 * <p>For how long attempts have failed is {@link SteadyTime}; the pauses are not, as nothing is lost if the next attempt comes early.
 *
 * <p>Guarded by the lock of {@link Population}.
 */
final class Circuit {

    static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

    /** What the database is believed to be. */
    enum State {
        /** Reachable, or not yet known not to be. */
        CLOSED,
        /** Unreachable; not tried again before the pause is over. */
        OPEN,
        /** Unreachable as far as is known; one attempt is under way. */
        PROBING
    }

    private final Ticker ticker;
    private long tolerance = Long.MAX_VALUE;
    private State state = State.CLOSED;
    private boolean failing;
    private long failingSince;
    private long pause = FIRST_PAUSE;
    private long retryAt;

    Circuit(Ticker ticker) {
        this.ticker = ticker;
    }

    /** For how long every attempt must have failed; null to go on trying. */
    void tolerate(@Nullable Duration tolerance) {
        this.tolerance = tolerance == null ? Long.MAX_VALUE : PoolConfig.saturatedNanos(tolerance);
    }

    State state() {
        return state;
    }

    /** Since when every attempt has failed; meaningful unless the circuit is closed. */
    long failingSince() {
        return failingSince;
    }

    /** Whether there may be an attempt now, which whoever asks must then make. */
    boolean tryPass() {
        if (state == State.CLOSED) {
            return true;
        }
        if (state == State.PROBING || ticker.nanos() - retryAt < 0) {
            return false;
        }
        state = State.PROBING;
        return true;
    }

    void succeeded() {
        state = State.CLOSED;
        failing = false;
        pause = FIRST_PAUSE;
    }

    /**
     * @param now in steady time
     */
    void failed(long now) {
        if (!failing) {
            failing = true;
            failingSince = now;
        }
        if (now - failingSince >= tolerance) {
            state = State.OPEN;
            // At least half of it, so that many instances do not come back together, nor at once.
            retryAt = ticker.nanos() + pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        } else {
            state = State.CLOSED; // more is tolerated than before
        }
    }
}
