/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.testing;

import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.Registration;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What goes on in a pool during one test. */
final class Watch {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition allBack = lock.newCondition();

    /** By place in the pool, or by physical connection once detached. */
    private final Map<Object, Loan> loans = new IdentityHashMap<>();

    private final List<Violation> violations = new ArrayList<>();
    private final int most;
    private final boolean nestingForbidden;
    private final boolean openWorkForbidden;
    private @Nullable Registration registration;

    private Watch(int most, boolean nestingForbidden, boolean openWorkForbidden) {
        this.most = most;
        this.nestingForbidden = nestingForbidden;
        this.openWorkForbidden = openWorkForbidden;
    }

    static Watch begin(Pool pool, int most, boolean nestingForbidden, boolean openWorkForbidden) {
        Watch begun = new Watch(most, nestingForbidden, openWorkForbidden);
        begun.registration = pool.subscribe(
                EnumSet.of(
                        PoolEvent.Kind.CHECKOUT,
                        PoolEvent.Kind.CHECKIN,
                        PoolEvent.Kind.DETACH,
                        PoolEvent.Kind.CLOSE_DETACHED,
                        PoolEvent.Kind.LEFT_OPEN),
                begun::note);
        return begun;
    }

    private void note(PoolEvent event) {
        lock.lock();
        try {
            if (event instanceof PoolEvent.Checkout checkout) {
                lent(checkout);
            } else if (event instanceof PoolEvent.Checkin checkin) {
                back(checkin.entry());
            } else if (event instanceof PoolEvent.Detach detach) {
                Loan loan = loans.remove(detach.entry());
                if (loan != null) {
                    loans.put(detach.connection(), loan);
                }
            } else if (event instanceof PoolEvent.CloseDetached closed) {
                back(closed.connection());
            } else if (event instanceof PoolEvent.LeftOpen && openWorkForbidden) {
                violations.add(new Violation(
                        "A connection came back with a transaction open.",
                        new Throwable("given back here by thread "
                                + Thread.currentThread().getName())));
            }
        } finally {
            lock.unlock();
        }
    }

    private void lent(PoolEvent.Checkout checkout) {
        Loan loan = new Loan(checkout.proxy());
        Loan held = nestingForbidden ? heldBy(loan.borrower) : null;
        loans.put(checkout.entry(), loan);
        if (held != null) {
            loan.place.addSuppressed(held.place);
            violations.add(new Violation(
                    "Thread " + loan.borrower.getName() + " borrowed a connection while it held another one.",
                    loan.place));
        }
        if (loans.size() > most) {
            violations.add(new Violation(
                    loans.size() + " connections were in use at once; allowed are " + most + ".", loan.place));
        }
    }

    @SuppressWarnings("ReferenceEquality") // threads have no other
    private @Nullable Loan heldBy(Thread borrower) {
        return loans.values().stream()
                .filter(loan -> loan.borrower == borrower)
                .findFirst()
                .orElse(null);
    }

    private void back(Object key) {
        loans.remove(key);
        if (loans.isEmpty()) {
            allBack.signalAll();
        }
    }

    /** Waits for what is still out, takes back what does not come, and tells what was wrong. */
    List<Violation> end(Duration patience) throws InterruptedException {
        List<Loan> leaked = awaitReturns(patience);
        for (Loan loan : leaked) {
            Violation leak = new Violation(
                    "A connection borrowed by thread " + loan.borrower.getName() + " was not given back.", loan.place);
            violations.add(leak);
            try {
                loan.proxy.close();
            } catch (SQLException e) {
                leak.where().addSuppressed(e);
            }
        }
        return violations;
    }

    private List<Loan> awaitReturns(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (!loans.isEmpty() && left > 0) {
                left = allBack.awaitNanos(left);
            }
            return List.copyOf(loans.values());
        } finally {
            lock.unlock();
            if (registration != null) {
                registration.close();
            }
        }
    }
}
