/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import dev.naiad.pool.queue.Waiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A real {@link QueuePool} beside its {@link PoolModel}. Each borrower is a thread, each attempt to open a connection hangs until a
 * step lets it succeed or fail, and after each step everything comes to rest before the two are compared.
 */
final class ModelledPool implements AutoCloseable {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** So short that whatever the pool takes off it at random, any step of time is longer. */
    private static final Duration KEEPALIVE = Duration.ofMillis(200);

    private static final int[] MILLIS = {300, 0, 1_000, 500, 5_000, 10_000};
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "modelled-borrower");
        thread.setDaemon(true);
        return thread;
    });

    /** A call of the driver that hangs until its verdict. */
    private record Attempt(long since, int place, Thread thread, CompletableFuture<Boolean> verdict) {

        /** Whether a borrower waits for it in person, or did before it was abandoned. */
        boolean isAwaited() {
            return thread.getName().contains("helper");
        }
    }

    /** Somebody who called {@code connect()}. */
    private static final class Caller {

        final long deadline;

        volatile @Nullable Thread thread;
        volatile @Nullable Object outcome;

        Caller(long deadline) {
            this.deadline = deadline;
        }
    }

    private final StubDatabase database = new StubDatabase();
    /** Set in the threads of callers while they are in the pool. */
    private static final ThreadLocal<Boolean> CALLING = ThreadLocal.withInitial(() -> false);

    private final TestTicker ticker = new TestTicker();

    /** Waiting callers wake up now and then by the real clock; they are not to see time pass before the pool has acted on it. */
    private volatile long callersTime = ticker.nanos();

    private final QueuePool pool;
    private final boolean broken;
    private final String description;
    private final List<String> history = new ArrayList<>();
    private final Map<Integer, Attempt> attempts = new ConcurrentSkipListMap<>();
    private final Set<Integer> deaf = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Caller> callers = new ConcurrentSkipListMap<>();
    private volatile int mute;
    private final Map<Integer, PoolProxiedConnection> lent = new TreeMap<>();
    private final Map<Integer, PoolProxiedConnection> detached = new TreeMap<>();
    private List<PoolModel> candidates;
    private int borrowers;
    private boolean suspended;

    /**
     * @param seed of the settings
     * @param broken drops a step of the model now and then, to see that it is noticed
     */
    ModelledPool(long seed, boolean broken) {
        this.broken = broken;
        Random random = new Random(seed);
        int size = random.nextInt(4);
        int overflow = random.nextInt(4) - 1;
        CheckoutOrder[] orders = CheckoutOrder.values();
        PoolModel.Fixed fixed = new PoolModel.Fixed(
                orders[random.nextInt(orders.length)],
                1 + random.nextInt(3),
                random.nextInt(4) == 0 ? 2 : Integer.MAX_VALUE,
                random.nextInt(5) == 0 ? Duration.ZERO : TIMEOUT,
                CONNECT_TIMEOUT,
                random.nextBoolean(),
                random.nextInt(3) == 0 ? Duration.ofSeconds(12) : null,
                new UpkeepModel.Fixed(
                        random.nextInt(4) == 0 ? random.nextInt(4) : 0,
                        random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0,
                        random.nextInt(3) == 0 ? Duration.ofSeconds(2) : null,
                        random.nextInt(3) == 0 ? KEEPALIVE : null));
        Duration patience = fixed.patient() ? Duration.ofMillis(2) : Duration.ZERO;
        PoolConfig.Builder settings = database.settings()
                .name("model")
                .ticker(() -> CALLING.get() ? callersTime : ticker.nanos())
                .poolSize(size)
                .maxOverflow(overflow)
                .checkoutOrder(fixed.order())
                .connectConcurrency(fixed.concurrency())
                .timeout(fixed.timeout())
                .connectTimeout(fixed.connectTimeout())
                .recycle(fixed.recycle())
                .warmUp(fixed.upkeep().warmUp())
                .minIdle(fixed.upkeep().minIdle())
                .idleTimeout(fixed.upkeep().idleTimeout())
                .keepalive(fixed.upkeep().keepalive())
                .patience(patience)
                .failFastAfter(null);
        database.script(this::onCall);
        pool = new QueuePool(settings.maxWaiters(fixed.maxWaiters()).build());
        pool.housekeeper().stop(); // it goes by the real clock; what it would do is a step of its own
        description = "size " + size + ", overflow " + overflow + ", " + fixed;
        candidates = List.of(new PoolModel(fixed, size, overflow));
    }

    private void onCall(String call, StubDatabase.StubConnection connection) throws SQLException {
        if (call.equals("open")) {
            Attempt attempt = new Attempt(
                    ticker.nanos(), (int) connection.entry.id(), Thread.currentThread(), new CompletableFuture<>());
            attempts.put(connection.number, attempt);
            if (!attempt.verdict().join()) {
                throw new SQLException("no connection", "58000");
            }
        } else if (call.equals("isValid") && connection.number == mute) {
            throw new SQLException("no answer", "08006");
        } else if (call.equals("rollback") && deaf.contains(connection.number)) {
            throw new SQLException("no rollback", "58000");
        } else if (call.equals("statement.execute") && deaf.contains(connection.number)) {
            throw new SQLException("gone", "08006");
        }
    }

    /** What was done and seen. */
    String history() {
        return description + "\n" + String.join("\n", history);
    }

    void run(List<ModelStep> steps) throws Exception {
        observe(model -> {});
        for (ModelStep step : steps) {
            take(step);
        }
        for (int round = 0; round < 3; round++) {
            take(new ModelStep(ModelStep.Action.RESUME, 0));
            while (!attempts.isEmpty()) {
                take(new ModelStep(ModelStep.Action.OPENING_SUCCEEDS, 0));
            }
            while (!lent.isEmpty()) {
                take(new ModelStep(ModelStep.Action.RETURN, 0));
            }
        }
        while (!detached.isEmpty()) {
            take(new ModelStep(ModelStep.Action.CLOSE_DETACHED, 0));
        }
        take(new ModelStep(ModelStep.Action.CLOSE, 0));
        if (database.open.get() != 0) {
            throw new AssertionError(database.open.get() + " connections are left open\n" + history());
        }
    }

    private interface Effect {
        void on(PoolModel model);
    }

    private void take(ModelStep step) throws Exception {
        history.add(step.toString());
        Effect effect = act(step);
        if (effect != null) {
            observe(broken && step.action() == ModelStep.Action.OPENING_FAILS ? model -> {} : effect);
        }
    }

    /** Does it to the pool and tells what it does to the model; null if there is nothing to do it to. */
    private @Nullable Effect act(ModelStep step) throws Exception {
        int choice = step.choice();
        switch (step.action()) {
            case BORROW -> {
                int who = borrowers++;
                borrow(who);
                return model -> model.borrow(who);
            }
            case OPENING_SUCCEEDS, OPENING_FAILS -> {
                Integer number = pick(attempts, choice);
                if (number == null) {
                    return null;
                }
                boolean succeeds = step.action() == ModelStep.Action.OPENING_SUCCEEDS;
                Attempt attempt = attempts.remove(number);
                attempt.verdict().complete(succeeds);
                return succeeds
                        ? model -> model.openingSucceeds(number, attempt.place())
                        : model -> model.openingFails(attempt.place());
            }
            case INTERRUPT -> {
                Integer who = pick(callers, choice);
                if (who == null || isInAttempt(callers.get(who))) {
                    return null;
                }
                Caller victim = callers.get(who);
                victim.thread.interrupt();
                await("the interrupted caller", () -> victim.outcome != null);
                return model -> model.interrupt(who);
            }
            case ROUND -> {
                Duration by = Duration.ofMillis(MILLIS[choice % MILLIS.length]);
                int asked = numberOfIdle(choice / MILLIS.length);
                ticker.advance(by);
                mute = asked;
                pool.sweep();
                mute = 0;
                callersTime = ticker.nanos();
                for (Caller caller : callers.values()) {
                    if (caller.deadline - ticker.nanos() <= 0 && !isInAttempt(caller)) {
                        LockSupport.unpark(caller.thread);
                        await("a caller whose time is up", () -> caller.outcome != null);
                    }
                }
                return model -> model.round(by, asked);
            }
            case RESIZE -> {
                int size = 1 + choice % 3;
                int overflow = choice / 3 % 3;
                pool.reconfigure(settings -> settings.poolSize(size).maxOverflow(overflow));
                return model -> model.resize(size, overflow);
            }
            case DISPOSE -> {
                pool.dispose();
                return PoolModel::dispose;
            }
            case REFRESH -> {
                pool.refresh();
                return PoolModel::refresh;
            }
            case SUSPEND_FAILING, SUSPEND_WAITING -> {
                Suspension how = step.action() == ModelStep.Action.SUSPEND_FAILING ? Suspension.FAIL : Suspension.WAIT;
                suspended = true;
                pool.suspend(how);
                return model -> model.suspend(how);
            }
            case RESUME -> {
                suspended = false;
                pool.resume();
                return PoolModel::resume;
            }
            case CLOSE -> {
                pool.close(Duration.ZERO);
                await("the end of what is lent", () -> database.open.get() == detached.size());
                return PoolModel::close;
            }
            case CLOSE_DETACHED -> {
                Integer number = pick(detached, choice);
                if (number == null) {
                    return null;
                }
                detached.remove(number).close();
                return model -> model.closeDetached(number);
            }
            default -> {
                Integer who = pick(lent, choice);
                return who == null ? null : use(step.action(), who);
            }
        }
    }

    private Effect use(ModelStep.Action action, int who) throws SQLException {
        PoolProxiedConnection connection =
                action == ModelStep.Action.INVALIDATE_SOFTLY ? lent.get(who) : lent.remove(who);
        int number = database.behind(connection).number;
        switch (action) {
            case RETURN -> {
                connection.close();
                return model -> model.giveBack(who);
            }
            case RETURN_WITH_FAILING_RESET -> {
                connection.setAutoCommit(false);
                connection.createStatement().executeUpdate("update");
                deaf.add(number);
                connection.close();
            }
            case RETURN_AFTER_FATAL_ERROR -> {
                deaf.add(number);
                try {
                    connection.createStatement().execute("select");
                    throw new AssertionError("The statement did not fail.");
                } catch (SQLException expected) {
                    connection.close();
                }
                return model -> {
                    model.suspectAll();
                    model.giveBackWithout(who);
                };
            }
            case INVALIDATE -> connection.invalidate(null);
            case INVALIDATE_SOFTLY -> {
                connection.invalidateSoftly(null);
                return model -> model.invalidateSoftly(who);
            }
            case INVALIDATE_ALL -> {
                pool.invalidate(connection, null);
                return model -> {
                    model.outdate(who);
                    model.giveBackWithout(who);
                };
            }
            case ABORT -> connection.abort(Runnable::run);
            case DETACH -> {
                detached.put(number, connection);
                connection.detach();
                return model -> model.detach(who);
            }
            default -> throw new AssertionError(action);
        }
        return model -> model.giveBackWithout(who);
    }

    private static @Nullable Integer pick(Map<Integer, ?> some, int choice) {
        List<Integer> keys = List.copyOf(some.keySet());
        return keys.isEmpty() ? null : keys.get(choice % keys.size());
    }

    private void borrow(int who) {
        Caller caller = new Caller(ticker.nanos() + TIMEOUT.toNanos());
        callers.put(who, caller);
        THREADS.execute(() -> {
            caller.thread = Thread.currentThread();
            Object outcome;
            CALLING.set(true);
            try {
                outcome = pool.connect();
            } catch (Throwable e) {
                outcome = e;
            } finally {
                CALLING.remove();
            }
            Thread.interrupted(); // the thread is used again
            caller.outcome = outcome;
        });
        await("the borrower's start", () -> caller.thread != null);
    }

    // Comparing

    private interface Condition {
        boolean holds();
    }

    private void await(String what, Condition condition) {
        long start = System.nanoTime();
        while (!condition.holds()) {
            long waited = System.nanoTime() - start;
            if (waited > PATIENCE) {
                throw new AssertionError("In vain waited for " + what + ": " + pool.snapshot() + "\n" + history() + "\n"
                        + candidates.stream().map(PoolModel::toString).collect(Collectors.joining("\n")));
            }
            if (waited > TimeUnit.MILLISECONDS.toNanos(1)) {
                LockSupport.parkNanos(10_000);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Waits until nothing moves, and follows those outcomes of the model that look the same. */
    private void observe(Effect effect) throws SQLException {
        await("rest", () -> isAtRest() && isAtRest()); // the parts of one look are not of one moment
        PoolModel.View seen = view();
        Map<String, PoolModel> next = new TreeMap<>();
        List<PoolModel.View> possible = new ArrayList<>();
        for (PoolModel candidate : candidates) {
            Choices choices = new Choices();
            do {
                PoolModel outcome = candidate.copy(choices);
                effect.on(outcome);
                possible.add(outcome.view());
                if (outcome.view().equals(seen)) {
                    next.put(outcome.toString(), outcome);
                }
            } while (choices.next());
        }
        history.add("    " + seen);
        if (next.isEmpty()) {
            throw new AssertionError(history()
                    + "\nbut expected\n    "
                    + possible.stream().distinct().map(PoolModel.View::toString).collect(Collectors.joining("\n or "))
                    + "\nfrom\n    "
                    + candidates.stream().map(PoolModel::toString).collect(Collectors.joining("\n    ")));
        }
        candidates = List.copyOf(next.values());
    }

    /** Every caller is served or counted as waiting, every attempt hangs, and nobody waits for what is idle. */
    private boolean isAtRest() {
        long own = attempts.values().stream().filter(Attempt::isAwaited).count();
        if (!areParked()
                || pool.openings.threads.getActiveCount() != held() - own
                || pool.awaitedOpenings().inFlight(0).size() != own) {
            return false;
        }
        long unserved = callers.values().stream()
                .filter(caller -> caller.outcome == null && !isInAttempt(caller))
                .count();
        PoolSnapshot now = pool.snapshot();
        return now.waiting() == unserved
                && now.opening() == notAbandoned()
                && (unserved == 0 || suspended || idle() <= 0);
    }

    /** Unlike {@code size()} never behind. */
    private int held() {
        return (int) attempts.keySet().stream().count();
    }

    private long notAbandoned() {
        return attempts.values().stream()
                .filter(attempt -> ticker.nanos() - attempt.since() < CONNECT_TIMEOUT.toNanos())
                .count();
    }

    private boolean areParked() {
        return callers.values().stream()
                .allMatch(caller -> caller.outcome != null
                        || isInAttempt(caller)
                        || LockSupport.getBlocker(caller.thread) instanceof Waiter<?>);
    }

    /** Whether it waits for a connection to be opened, as those do that would not wait for others. */
    private boolean isInAttempt(Caller caller) {
        return caller.outcome == null
                && LockSupport.getBlocker(caller.thread) instanceof AwaitedOpening opening
                && !opening.isAbandoned()
                && attempts.values().stream().anyMatch(attempt -> attempt.place() == opening.record.id());
    }

    private long idle() {
        return database.open.get()
                - detached.size()
                - lent.size()
                - callers.values().stream()
                        .filter(caller -> caller.outcome instanceof Connection)
                        .count();
    }

    private PoolModel.View view() throws SQLException {
        Map<Integer, String> answers = new TreeMap<>();
        for (Integer who : List.copyOf(callers.keySet())) {
            Object outcome = callers.get(who).outcome;
            if (outcome instanceof PoolProxiedConnection connection) {
                int number = database.behind(connection).number;
                answers.put(who, "connection " + number);
                for (PoolProxiedConnection other : lent.values()) {
                    if (database.behind(other).number == number) {
                        throw new AssertionError("Connection " + number + " is lent twice\n" + history());
                    }
                }
                lent.put(who, connection);
            } else if (outcome != null) {
                answers.put(who, outcome.getClass().getSimpleName());
            }
            if (outcome != null) {
                callers.remove(who);
            }
        }
        PoolSnapshot now = pool.snapshot();
        return new PoolModel.View(
                now.checkedIn(), now.checkedOut(), now.opening(), now.waiting(), open(), placesOfAttempts(), answers);
    }

    private Set<Integer> placesOfAttempts() {
        return attempts.values().stream().map(Attempt::place).collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<Integer> open() {
        return database.connections.stream()
                .filter(connection -> !connection.closed)
                .map(connection -> connection.number)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** One of those that nobody has; 0 if there is none, or for the last choice. */
    private int numberOfIdle(int choice) throws SQLException {
        List<Integer> idle = new ArrayList<>(open());
        idle.removeAll(detached.keySet());
        for (PoolProxiedConnection connection : lent.values()) {
            idle.remove((Integer) database.behind(connection).number);
        }
        idle.add(0);
        return idle.get(choice % idle.size());
    }

    @Override
    public void close() {
        attempts.values().forEach(attempt -> attempt.verdict().complete(false));
        pool.close(Duration.ZERO);
    }
}
