/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/**
 * One thing that happens to a pool, whichever thread does it.
 *
 * @param choice says which of several connections, waiters or openings; taken modulo their number, so that a step still
 *     means something when others before it are left out
 */
record ModelStep(Action action, int choice) {

    /** What may happen, and how often compared with the others. */
    enum Action {
        BORROW(16),
        RETURN(10),
        RETURN_WITH_FAILING_RESET(1),
        RETURN_AFTER_FATAL_ERROR(1),
        INVALIDATE(1),
        INVALIDATE_SOFTLY(1),
        INVALIDATE_ALL(1),
        ABORT(1),
        DETACH(1),
        CLOSE_DETACHED(1),
        OPENING_SUCCEEDS(12),
        OPENING_FAILS(3),
        INTERRUPT(1),
        ROUND(4),
        RESIZE(2),
        DISPOSE(1),
        REFRESH(1),
        SUSPEND_FAILING(1),
        SUSPEND_WAITING(1),
        RESUME(3),
        CLOSE(0);

        final int weight;

        Action(int weight) {
            this.weight = weight;
        }
    }

    @Override
    public String toString() {
        return action + "(" + choice + ")";
    }
}
