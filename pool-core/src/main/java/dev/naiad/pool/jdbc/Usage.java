/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What is being done with a connection, for whoever wants to know why it does not come back.
 *
 * <p>Written by the borrower's calls, by plain writes, and looked at by other threads, which may see it a little late. Nothing but
 * diagnosis rests on it.
 */
public abstract class Usage {

    private static final VarHandle BORROWER;

    static {
        try {
            BORROWER = MethodHandles.lookup().findVarHandle(Usage.class, "borrower", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The last borrower. Stays between loans for a while, as the next is mostly the same, and to compare costs less than to write. */
    private volatile @Nullable Thread borrower;

    /** The last text, of this loan or an earlier one: for the same reason. */
    private @Nullable String sql;

    /** Moves on with each beginning and each end of a call, and is odd while one is running. */
    private int calls;

    private boolean shared;
    private boolean working;
    private boolean manual;

    // What is running, if somebody may want to cancel it.

    private volatile boolean cancellable;
    private volatile @Nullable Statement running;

    // For the proxies

    @SuppressWarnings("ReferenceEquality") // threads have no other
    final void borrowedBy(Thread thread) {
        if (BORROWER.get(this) != thread) {
            BORROWER.set(this, thread);
        }
    }

    final void beginCall(boolean byBorrower) {
        calls = calls + 1 | 1;
        if (!byBorrower) {
            shared = true;
        }
    }

    final void endCall() {
        calls = calls + 1 & ~1;
        if (running != null) {
            running = null;
        }
    }

    /** A call that is over at once, or of which nobody tells the end. */
    final void called(boolean byBorrower) {
        beginCall(byBorrower);
        endCall();
    }

    final void calledBy(@Nullable Statement statement) {
        if (cancellable) {
            running = statement;
        }
    }

    final void worked() {
        working = true;
    }

    final void endedTransaction() {
        working = false;
    }

    final void autoCommit(boolean on) {
        manual = !on;
    }

    @SuppressWarnings("ReferenceEquality") // to compare the texts would cost more than to note an equal one
    final boolean noteSql(@Nullable String text) {
        if (sql == text) {
            return false;
        }
        sql = text;
        return true;
    }

    /** The loan is over; often there is nothing to forget. */
    final void endLoan() {
        if (calls != 0) {
            calls = 0;
            shared = false;
            working = false;
        }
    }

    // For the pool

    /** Who borrowed the connection, or borrowed it last; null if that has been forgotten. */
    public final @Nullable Thread borrower() {
        return borrower;
    }

    /** Forgets who borrowed the connection last; false if somebody else has come meanwhile. */
    public final boolean forget(Thread last) {
        return BORROWER.compareAndSet(this, last, null);
    }

    /** Takes back that {@link #forget} was called. */
    public final void remember(Thread last) {
        BORROWER.compareAndSet(this, null, last);
    }

    /** The SQL text that was last prepared or executed during this loan. */
    public final @Nullable String sql() {
        return calls == 0 ? null : sql;
    }

    /** The same, or what a former loan left. */
    public final @Nullable String lastSql() {
        return sql;
    }

    /**
     * Changes with each call during this loan.
     *
     * @return 0 as long as there was none; odd while one is running
     */
    public final int calls() {
        return calls;
    }

    /** Whether a number got from {@link #calls} says that a call is running. */
    public static boolean isRunning(int calls) {
        return (calls & 1) != 0;
    }

    /** Whether during this loan something was called by another thread than the borrower. */
    public final boolean isShared() {
        return shared;
    }

    /** Whether a transaction is open, as far as it was opened through the proxies. */
    public final boolean inTransaction() {
        return begun() || manual && working;
    }

    abstract boolean begun();

    /** From the next call on, {@link #cancel} has something to cancel, or not. */
    public final void setCancellable(boolean cancellable) {
        if (this.cancellable != cancellable) {
            this.cancellable = cancellable;
        }
    }

    /**
     * Has the driver cancel the statement that is running. It may hit one that has just begun in its place.
     *
     * @param seen from {@link #calls}: if that has changed, nothing is cancelled
     * @return whether there was something to cancel
     */
    public final boolean cancel(int seen) throws SQLException {
        Statement statement = running;
        if (statement == null || calls != seen) {
            return false;
        }
        statement.cancel();
        return true;
    }
}
