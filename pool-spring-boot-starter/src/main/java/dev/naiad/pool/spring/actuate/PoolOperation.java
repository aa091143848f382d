/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.Pool;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.Suspension;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;

/** What the endpoint can do to a pool. All but a refresh take a pool of the class {@link QueuePool}. */
public enum PoolOperation {
    /** Closes all idle connections; those in use are closed when they come back. New ones are opened on demand. */
    REFRESH {
        @Override
        void applyTo(Pool pool, PoolArguments arguments) {
            pool.dispose();
        }
    },
    /** As a refresh, but tries first whether a connection can be opened: for credentials that have changed. */
    ROTATE {
        @Override
        void applyTo(Pool pool, PoolArguments arguments) throws SQLException {
            queue(pool).rotate();
        }
    },
    /** Changes the pool size, the overflow or both. */
    RESIZE(true, false) {
        @Override
        void applyTo(Pool pool, PoolArguments arguments) throws SQLException {
            Integer poolSize = arguments.poolSize();
            Integer maxOverflow = arguments.maxOverflow();
            if (poolSize == null && maxOverflow == null) {
                throw new IllegalArgumentException("A resize takes poolSize, maxOverflow or both.");
            }
            queue(pool).reconfigure(settings -> {
                if (poolSize != null) {
                    settings.poolSize(poolSize);
                }
                if (maxOverflow != null) {
                    settings.maxOverflow(maxOverflow);
                }
            });
        }
    },
    /** Lends nothing until it is resumed. Connections in use stay with their users and may come back. */
    SUSPEND(false, true) {
        @Override
        void applyTo(Pool pool, PoolArguments arguments) {
            queue(pool).suspend(Objects.requireNonNullElse(arguments.callers(), Suspension.WAIT));
        }
    },
    /** Ends a suspension. */
    RESUME {
        @Override
        void applyTo(Pool pool, PoolArguments arguments) {
            queue(pool).resume();
        }
    };

    private final boolean takesSizes;
    private final boolean takesCallers;

    PoolOperation() {
        this(false, false);
    }

    PoolOperation(boolean takesSizes, boolean takesCallers) {
        this.takesSizes = takesSizes;
        this.takesCallers = takesCallers;
    }

    /**
     * Does it.
     *
     * @throws IllegalArgumentException if an argument is missing or wrong, or the pool does not have the operation
     * @throws SQLException if the database does not play along; the pool is as it was
     */
    void perform(Pool pool, PoolArguments arguments) throws SQLException {
        if (!takesSizes && (arguments.poolSize() != null || arguments.maxOverflow() != null)) {
            throw new IllegalArgumentException(text() + " takes neither poolSize nor maxOverflow.");
        }
        if (!takesCallers && arguments.callers() != null) {
            throw new IllegalArgumentException(text() + " does not take callers.");
        }
        applyTo(pool, arguments);
    }

    abstract void applyTo(Pool pool, PoolArguments arguments) throws SQLException;

    QueuePool queue(Pool pool) {
        if (pool instanceof QueuePool queue) {
            return queue;
        }
        throw new IllegalArgumentException(
                "A " + pool.getClass().getSimpleName() + " has no " + text() + ", only a QueuePool has.");
    }

    private String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
