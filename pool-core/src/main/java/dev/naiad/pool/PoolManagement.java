/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.Transition;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Shows and operates a pool for a client that may be in another JVM and have none of these classes. */
final class PoolManagement implements PoolMXBean {

    private final Pool pool;

    PoolManagement(Pool pool) {
        this.pool = pool;
    }

    @Override
    public String getName() {
        return pool.name();
    }

    @Override
    public String getPoolClass() {
        return PoolClass.of(pool.getClass()).name();
    }

    @Override
    public String getStatus() {
        return pool.status();
    }

    @Override
    public Map<String, String> getSettings() {
        return pool.config().shown();
    }

    @Override
    public boolean isSuspended() {
        return pool.isSuspended();
    }

    @Override
    public int getPoolSize() {
        return pool.snapshot().poolSize();
    }

    @Override
    public int getMaxOverflow() {
        return pool.snapshot().maxOverflow();
    }

    @Override
    public int getCheckedIn() {
        return pool.snapshot().checkedIn();
    }

    @Override
    public int getIdle() {
        return pool.snapshot().idle();
    }

    @Override
    public int getCheckedOut() {
        return pool.snapshot().checkedOut();
    }

    @Override
    public int getOverflow() {
        return pool.snapshot().overflow();
    }

    @Override
    public int getOpening() {
        return pool.snapshot().opening();
    }

    @Override
    public int getWaiting() {
        return pool.snapshot().waiting();
    }

    @Override
    public long getOpened() {
        return pool.snapshot().opened();
    }

    @Override
    public Map<String, Long> getClosed() {
        Map<String, Long> closed = new TreeMap<>();
        pool.snapshot().closed().forEach((reason, count) -> closed.put(reason.name(), count));
        return closed;
    }

    @Override
    public long getOpenFailures() {
        return pool.snapshot().openFailures();
    }

    @Override
    public long getTimeouts() {
        return pool.snapshot().timeouts();
    }

    @Override
    public long getLeftOpen() {
        return pool.snapshot().leftOpen();
    }

    @Override
    public long getLost() {
        return pool.snapshot().lost();
    }

    @Override
    public long getCheckouts() {
        return pool.snapshot().checkouts();
    }

    @Override
    public long getNested() {
        return pool.snapshot().nested();
    }

    @Override
    public long getDeadlocks() {
        return pool.snapshot().deadlocks();
    }

    @Override
    public long getHeldTooLong() {
        return pool.snapshot().heldTooLong();
    }

    @Override
    public String report() {
        return pool.report().toString();
    }

    @Override
    public List<String> history() {
        return pool.history().stream().map(Transition::toString).toList();
    }

    @Override
    public void dispose() {
        pool.dispose();
    }

    @Override
    public void suspend(String callers) {
        Suspension suspension = Arrays.stream(Suspension.values())
                .filter(candidate -> candidate.text().equals(callers.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Invalid value '" + callers + "' for what callers meet. Allowed: fail, wait."));
        queuePool("suspended").suspend(suspension);
    }

    @Override
    public void resume() {
        queuePool("resumed").resume();
    }

    @Override
    public void resize(int poolSize, int maxOverflow) {
        QueuePool resized = queuePool("resized");
        try {
            resized.reconfigure(settings -> settings.poolSize(poolSize).maxOverflow(maxOverflow));
        } catch (InvalidSettingException e) {
            throw new IllegalArgumentException(e.getMessage()); // the client may not have the class
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    @Override
    public void rotate() {
        QueuePool rotated = queuePool("rotated");
        try {
            rotated.rotate();
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private QueuePool queuePool(String what) {
        if (pool instanceof QueuePool queuePool) {
            return queuePool;
        }
        throw new UnsupportedOperationException(
                "A pool of the class " + getPoolClass() + " cannot be " + what + "; one of the class queue can.");
    }

    /** Without the driver's exception, of which the client may not have the class. */
    private static IllegalStateException unavailable(SQLException e) {
        return new IllegalStateException(Secrets.masked(Failures.messageOf(e)));
    }
}
