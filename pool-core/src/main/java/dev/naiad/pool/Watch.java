/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.diagnose.ExhaustionReport;
import dev.naiad.pool.diagnose.Holder;
import dev.naiad.pool.diagnose.MaskedSql;
import dev.naiad.pool.diagnose.Place;
import dev.naiad.pool.diagnose.Rates;
import dev.naiad.pool.diagnose.Totals;
import dev.naiad.pool.jdbc.SessionState;
import dev.naiad.pool.queue.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what a pool has lent. The housekeeper does so with each sweep, whoever begins to wait if nobody has for a while, and
 * whoever asks for a report; borrowers do nothing for it.
 */
final class Watch {

    /** How often those who wait look, at most. */
    static final long GLANCE = TimeUnit.MILLISECONDS.toNanos(10);

    private static final double SHORT = 0.8;
    private static final int MOST_FRAMES = 16;

    /** How often it is looked what holders are doing, which stops them for a moment. */
    private static final long STACKS_EVERY = TimeUnit.SECONDS.toNanos(1);

    private final Pool pool;
    private final RateMeter meter = new RateMeter();
    private final AtomicLong lastGlance = new AtomicLong();
    private volatile boolean glanced;
    private final AtomicLong lastStacks = new AtomicLong(System.nanoTime() - STACKS_EVERY);

    Watch(Pool pool) {
        this.pool = pool;
    }

    /** For somebody who begins to wait. */
    void glance(long now) {
        long last = lastGlance.get();
        if ((!glanced || now - last > GLANCE) && lastGlance.compareAndSet(last, now)) {
            glanced = true;
            look(now);
        }
    }

    /** Notes what is lent; returns how many connections are. */
    int look(long now) {
        int inUse = 0;
        for (ConnectionRecord record : pool.lostConnections().records()) {
            if (Loan.of(record, now) != null) {
                inUse++;
            }
        }
        meter.sample(now, checkouts(), inUse);
        return inUse;
    }

    /** Whether this many connections in use are most of those there may be. */
    boolean isShort(int inUse) {
        PoolSnapshot now = pool.snapshot();
        return now.waiting() > 0
                || now.limit().isPresent() && inUse >= SHORT * now.limit().getAsInt() && inUse > 1;
    }

    long checkouts() {
        long sum = pool.counters().checkouts.get();
        for (ConnectionRecord record : pool.lostConnections().records()) {
            sum += record.loans();
        }
        return sum;
    }

    /**
     * What is going on.
     *
     * @param waited how long the caller has waited in vain; null if it just asks
     */
    ExhaustionReport report(@Nullable Duration waited) {
        return waited == null ? report(null, true, null) : report(waited, mayLookAtStacks(), Thread.currentThread());
    }

    /** As for somebody who just asks; stops no thread. */
    ExhaustionReport glance() {
        return report(null, false, null);
    }

    /** As for somebody who waited in vain for no time at all, whoever it is; stops no thread. */
    ExhaustionReport briefReport() {
        return report(Duration.ZERO, false, null);
    }

    private ExhaustionReport report(@Nullable Duration waited, boolean withStacks, @Nullable Thread asker) {
        long now = pool.ticker().nanos();
        PoolSnapshot figures = pool.snapshot();
        List<Holder> holders = holders(now, withStacks, asker);
        int inUse = figures.inUse();
        long checkouts = checkouts();
        Rates rates = meter.rates(now, checkouts, inUse);
        Counters counters = pool.counters();
        return new ExhaustionReport(
                pool.name(),
                figures.poolSize(),
                figures.maxOverflow(),
                pool.config().timeout(),
                waited,
                inUse,
                figures.idle(),
                figures.opening(),
                pool.connectionsClosing(),
                figures.waiting(),
                pool.isSuspended(),
                holders,
                pool.waitingThreads(now),
                pool.openingsInFlight(now),
                pool.failures().last(now),
                rates,
                new Totals(
                        checkouts,
                        counters.timeouts.get(),
                        counters.openFailures.get(),
                        counters.lost.get(),
                        counters.nested.get(),
                        counters.deadlocks.get(),
                        counters.heldTooLong.get()),
                pool.history());
    }

    /** Many may time out at the same time. */
    private boolean mayLookAtStacks() {
        long last = lastStacks.get();
        long now = System.nanoTime();
        return now - last >= STACKS_EVERY && lastStacks.compareAndSet(last, now);
    }

    List<Holder> holders(long now, boolean withStacks) {
        return holders(now, withStacks, null);
    }

    /**
     * The connections in use.
     *
     * @param asker who has waited in vain, if somebody has: what it holds itself is held by somebody who waits
     */
    private List<Holder> holders(long now, boolean withStacks, @Nullable Thread asker) {
        List<Holder> holders = new ArrayList<>();
        for (ConnectionRecord record : pool.lostConnections().records()) {
            Loan loan = Loan.of(record, now);
            if (loan != null) {
                holders.add(holder(record, loan, now, withStacks, asker));
            }
        }
        holders.sort(Comparator.comparing(Holder::heldFor).reversed().thenComparing(Holder::connection));
        return holders;
    }

    /** All places, by their numbers. */
    List<Place> places() {
        long now = pool.ticker().nanos();
        List<Place> places = new ArrayList<>();
        for (ConnectionRecord record : pool.lostConnections().records()) {
            Slot.Mode mode = record.mode();
            if (mode != Slot.Mode.RETIRED) {
                SessionState session = record.session();
                places.add(new Place(
                        record.id(),
                        state(record, mode, Loan.of(record, now)),
                        record.age(),
                        session == null ? null : masked(session.lastSql())));
            }
        }
        places.sort(Comparator.comparingLong(Place::connection));
        return places;
    }

    private static Place.State state(ConnectionRecord record, Slot.Mode mode, @Nullable Loan loan) {
        if (loan != null) {
            return loan.isReturning(record) ? Place.State.RETURNING : Place.State.IN_USE;
        }
        return switch (mode) {
            case IDLE -> Place.State.IDLE;
            case VACANT -> Place.State.VACANT;
            case RETURNING -> Place.State.RETURNING;
            default -> record.connection() == null ? Place.State.OPENING : Place.State.ATTENDED;
        };
    }

    /** One connection in use, for people. */
    Holder holder(ConnectionRecord record, Loan loan, long now, boolean withStack) {
        return holder(record, loan, now, withStack, null);
    }

    private Holder holder(ConnectionRecord record, Loan loan, long now, boolean withStack, @Nullable Thread asker) {
        SessionState session = record.session();
        Thread thread = session == null ? null : session.borrower();
        return new Holder(
                record.id(),
                thread == null ? ThreadIdentities.ended(loan.borrower) : ThreadIdentities.of(thread),
                activity(record, loan, thread, asker),
                loan.heldFor(now),
                loan.unchangedFor(now),
                session != null && session.inTransaction(),
                session != null && session.isShared(),
                session == null ? null : masked(session.sql()),
                record.borrowedAt(loan.ticket),
                thread == null || !withStack ? List.of() : stackOf(thread));
    }

    @SuppressWarnings("ReferenceEquality") // threads have no other
    private Holder.Activity activity(
            ConnectionRecord record, Loan loan, @Nullable Thread thread, @Nullable Thread asker) {
        if (loan.isReturning(record)) {
            return Holder.Activity.RETURNING;
        }
        if (loan.isCalling()) {
            return Holder.Activity.CALLING;
        }
        return thread != null && (thread == asker || pool.waitsNested(thread))
                ? Holder.Activity.WAITING
                : Holder.Activity.QUIET;
    }

    private static @Nullable String masked(@Nullable String sql) {
        return sql == null ? null : MaskedSql.of(sql);
    }

    /** The innermost frame, and those below it that are neither the JDK's nor, in a checkout, the pool's. */
    private static List<StackTraceElement> stackOf(Thread thread) {
        StackTraceElement[] all = thread.getStackTrace();
        return Stream.concat(
                        Arrays.stream(all).limit(1),
                        CheckoutTrace.fromCaller(all)
                                .dropWhile(frame -> frame.getClassName().startsWith("java.")
                                        || frame.getClassName().startsWith("jdk.")))
                .limit(MOST_FRAMES)
                .toList();
    }
}
