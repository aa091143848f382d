/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Has a thread that already holds a connection get another handle on the same.
 *
 * <p>A map in the pool and not a {@link ThreadLocal}: an entry lives as long as its lease, can be removed by whichever thread
 * closes the last handle, and nothing stays behind in threads that outlive the pool. Leases are held weakly, so that a lost
 * connection is still seen to be lost.
 */
final class ThreadLeases implements Sharing {

    private static final class Entry extends WeakReference<Lease> {

        private final Long thread;

        Entry(Long thread, Lease lease, ReferenceQueue<Lease> lost) {
            super(lease, lost);
            this.thread = thread;
        }
    }

    private final Map<Long, Entry> leases = new ConcurrentHashMap<>();
    private final ReferenceQueue<Lease> lost = new ReferenceQueue<>();
    private final boolean optional;

    ThreadLeases(boolean optional) {
        this.optional = optional;
    }

    @Override
    public boolean isOptional() {
        return optional;
    }

    @Override
    public PoolProxiedConnection connect(Pool pool) throws SQLException {
        Long thread = Thread.currentThread().getId();
        LeasedConnection joined = pool.isClosed() ? null : join(thread);
        return joined != null
                ? joined
                : Lease.begin(pool.checkout(), lease -> began(thread, lease), lease -> ended(thread, lease));
    }

    private @Nullable LeasedConnection join(Long thread) {
        Entry entry = leases.get(thread);
        Lease lease = entry == null ? null : entry.get();
        return lease == null || !lease.isFit() ? null : lease.join();
    }

    private void began(Long thread, Lease lease) {
        Reference<? extends Lease> gone;
        while ((gone = lost.poll()) != null) {
            leases.remove(((Entry) gone).thread, gone);
        }
        leases.put(thread, new Entry(thread, lease, lost));
    }

    /** In whatever thread; the entry may be another lease's by now. */
    @SuppressWarnings("ReferenceEquality") // leases have no other
    private void ended(Long thread, Lease lease) {
        leases.computeIfPresent(thread, (key, entry) -> entry.get() == lease ? null : entry);
    }

    /** Threads with a lease. */
    int size() {
        return leases.size();
    }
}
