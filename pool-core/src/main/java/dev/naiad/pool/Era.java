/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The number by which a pool knows which of its connections are out of date: each remembers the one it was opened under.
 *
 * <p>The upper half is the epoch, which dispose and close advance, the lower half the generation, which invalidating the whole
 * pool advances. A connection of an older epoch is closed when it comes back, one of an older generation replaced when it is next
 * asked for.
 */
final class Era {

    private static final int EPOCH_SHIFT = 32;
    private static final long GENERATION = 0xFFFF_FFFFL;
    private static final VarHandle PRESENT;

    static {
        try {
            PRESENT = MethodHandles.lookup().findVarHandle(Era.class, "present", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long present;

    long present() {
        return present;
    }

    boolean isOfPresentEpoch(long other) {
        return other >>> EPOCH_SHIFT == present >>> EPOCH_SHIFT;
    }

    void beginEpoch() {
        long last;
        do {
            last = present;
        } while (!PRESENT.compareAndSet(this, last, (last >>> EPOCH_SHIFT) + 1 << EPOCH_SHIFT));
    }

    /** Begins a new generation if this is the present one; when many want that of the same, only the first one's wish counts. */
    boolean tryBeginGeneration(long last) {
        return PRESENT.compareAndSet(this, last, last & ~GENERATION | last + 1 & GENERATION);
    }
}
