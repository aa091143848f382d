/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a pool and the threads that wait for one, brought together without a lock.
 *
 * <p>Taking reads before it compares-and-sets and starts at a place derived from the thread, so that a thread tends to find
 * its own last slot and threads do not collide on the first ones.
 *
 * <p>A slot given back is handed to the oldest waiter if that one has waited longer than the queue's <em>patience</em>; then it is
 * never idle in between. Before that it becomes idle, the oldest waiter is woken, and whoever comes first takes it, which is
 * often a thread that is running anyway: to hand over means to wait until the other thread runs. So a waiter may be overtaken, but
 * never loses its place, and not for longer than its patience. With a patience of zero the order is that of arrival.
 *
 * <p>Nobody is forgotten, because each side announces itself before it looks for the other:
 *
 * <ol>
 *   <li>A waiter counts itself, queues itself, and then looks for idle slots ({@link #serve()}).
 *   <li>A giver makes its slot idle and then looks at the count; if it is not zero, it serves too.
 *   <li>Both announcements are full fences. So either the waiter's look comes after the slot became idle and finds it, or
 *       the giver's look comes after the waiter counted itself and finds the waiter.
 *   <li>Who has taken a slot in order to serve, and finds the queue empty, puts it back and looks at the queue once more:
 *       a waiter that queued meanwhile may have seen that slot as taken.
 *   <li>The count covers every queued waiter: it rises before queueing and falls after the outcome is settled. Without patience
 *       newcomers that see it above zero queue as well, so they do not overtake.
 *   <li>A slot handed over goes from owner to owner and is never idle in between.
 *   <li>A giver that leaves its slot idle has called the oldest waiter, which looks for idle slots after it has noted the call;
 *       one that was called already has yet to look. Since one call may stand for several slots, and the one called may have
 *       been served otherwise, whoever leaves the queue calls the next if there are idle slots.
 *   <li>While paused, the count is one higher, so that newcomers queue and givers look further, and nobody serves. Who makes a slot
 *       idle then, and who joins, looks once more whether the pause is over.
 *   <li>A waiter has one outcome, set by compare-and-set. Who offers a slot and loses to a timeout or an interrupt still
 *       owns the slot and goes on to the next waiter; who times out and loses to an offer has a slot and returns it.
 * </ol>
 *
 * @param <S> the kind of slot
 */
public final class SlotQueue<S extends Slot> {

    private static final Slot[] NONE = {};
    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(SlotQueue.class, "waiting", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Predicate<? super S> usable;
    private final Consumer<? super S> refresh;
    private final LongSupplier ticker;
    private final long patience;
    private final Order order;
    private final AtomicLong rests = new AtomicLong();
    private final Queue<Waiter<S>> waiters = new ConcurrentLinkedQueue<>();
    private final Alarm alarm;
    private final ReentrantLock membership = new ReentrantLock();
    private volatile Slot[] slots = NONE;

    private volatile boolean paused;

    private final AtomicLong served = new AtomicLong();
    private volatile Crowd crowd = Crowd.NONE;

    @SuppressWarnings("unused") // through WAITING
    private volatile int waiting;

    /** A queue without patience: strictly in the order of arrival. */
    public SlotQueue(Predicate<? super S> usable, Consumer<? super S> refresh) {
        this(usable, refresh, () -> 0, 0, Order.AFFINE);
    }

    /** A queue with {@link Order#AFFINE}. */
    public SlotQueue(Predicate<? super S> usable, Consumer<? super S> refresh, LongSupplier ticker, long patience) {
        this(usable, refresh, ticker, patience, Order.AFFINE);
    }

    /** A queue whose waiters all look at the clock themselves. */
    public SlotQueue(
            Predicate<? super S> usable, Consumer<? super S> refresh, LongSupplier ticker, long patience, Order order) {
        this(usable, refresh, ticker, patience, order, null);
    }

    /**
     * @param usable whether an idle slot may be handed to a waiter as it is
     * @param refresh takes over a slot that may not; it is the caller's from then on
     * @param ticker tells how long somebody has waited
     * @param patience for how long in the ticker's time a waiter may be overtaken
     * @param order which idle slot is taken
     * @param threads for {@link Alarm}; those who wait have to go by the queue's ticker
     */
    public SlotQueue(
            Predicate<? super S> usable,
            Consumer<? super S> refresh,
            LongSupplier ticker,
            long patience,
            Order order,
            @Nullable ThreadFactory threads) {
        this.usable = usable;
        this.refresh = refresh;
        this.ticker = ticker;
        this.patience = patience;
        this.order = order;
        this.alarm = new Alarm(waiters, ticker, threads);
    }

    /** Takes an idle slot, without patience unless others have waited longer; null if there is none to be had at once. */
    public @Nullable S tryTake() {
        return waiting == 0 || patience > 0 && !paused ? scan() : null;
    }

    private @Nullable S scan() {
        return order == Order.AFFINE ? scanFromOwnPlace() : scanInOrder();
    }

    @SuppressWarnings("unchecked") // only slots of type S are added
    private @Nullable S scanInOrder() {
        while (true) {
            Slot best = null;
            for (Slot slot : slots) {
                if (slot.mode() == Slot.Mode.IDLE && (best == null || order.prefers(slot.restStamp, best.restStamp))) {
                    best = slot;
                }
            }
            if (best == null || best.tryTake()) {
                return (S) best;
            }
        }
    }

    /**
     * Makes a slot idle that is lent under this ticket, or that the caller owns and that has this word, in one step, if nobody waits.
     * Whoever did so must {@link #attend()}, and has nothing to do with the slot any more. False if it has to be given back in the
     * usual way, or was.
     */
    public boolean tryRest(S slot, long ticket) {
        return waiting == 0 && order == Order.AFFINE && slot.tryGiveBack(ticket);
    }

    /** Has a slot, which the caller has taken for a moment, keep its place in the order of rest, should it rest next. */
    public void keepPlace(S slot) {
        ((Slot) slot).restsAgain = true;
    }

    private boolean takeBack(Slot slot) {
        boolean again = slot.restsAgain;
        slot.restsAgain = false;
        return again;
    }

    /** Makes a slot idle that the caller owns. */
    public void rest(S slot) {
        if (order != Order.AFFINE && !takeBack(slot)) {
            ((Slot) slot).restStamp = rests.incrementAndGet();
        }
        slot.moveTo(Slot.Mode.IDLE);
    }

    @SuppressWarnings("unchecked") // only slots of type S are added
    private @Nullable S scanFromOwnPlace() {
        Slot[] present = slots;
        int count = present.length;
        if (count == 0) {
            return null;
        }
        int at = startFor(Thread.currentThread(), count);
        for (int left = count; left > 0; left--) {
            Slot slot = present[at];
            if (slot.tryTake()) {
                return (S) slot;
            }
            if (++at == count) {
                at = 0;
            }
        }
        return null;
    }

    /** Spreads consecutive thread ids evenly; a multiplication in place of a division. */
    private static int startFor(Thread thread, int count) {
        int hash = (int) thread.getId() * 0x9E3779B9;
        return (int) ((Integer.toUnsignedLong(hash) * count) >>> 32);
    }

    /**
     * Gives a slot the caller owns to the oldest waiter, or makes it idle, also if the ticker throws.
     *
     * @param fresh whether the slot has just been prepared, so that it is not asked if it is usable
     */
    public void give(S slot, boolean fresh) {
        if (waiting == 0 || paused) {
            rest(slot);
            attend();
        } else if (!fresh && !isUsable(slot)) {
            refresh.accept(slot);
        } else {
            boolean due = true;
            try {
                due = patience == 0 || isOldestDue();
            } finally {
                if (!due) {
                    rest(slot);
                    callOldest();
                } else if (!handOver(slot)) {
                    serve();
                }
            }
        }
    }

    /** How many waiters have been served by slots that were given back. */
    public long served() {
        return served.get();
    }

    /** Those who wait at present, or who waited last. */
    public Crowd crowd() {
        return crowd;
    }

    private boolean isOldestDue() {
        Waiter<S> oldest = waiters.peek();
        return oldest == null || ticker.getAsLong() - oldest.since > patience;
    }

    /** For how long the oldest waiter has waited, in the ticker's time; 0 if there is none. */
    public long longestWait() {
        Waiter<S> oldest = waiters.peek();
        return oldest == null ? 0 : Math.max(0, ticker.getAsLong() - oldest.since);
    }

    /** Has the oldest waiter look for idle slots. */
    private void callOldest() {
        for (Waiter<S> waiter : waiters) {
            if (!waiter.settled()) {
                waiter.call();
                return;
            }
        }
    }

    /** For a waiter that was called: takes what it was called for, if that is still there. */
    void lookFor(Waiter<S> waiter) {
        S slot;
        while (!paused && !waiter.settled() && (slot = scan()) != null) {
            if (!isUsable(slot)) {
                refresh.accept(slot);
            } else if (waiter.offer(slot)) {
                waiters.remove(waiter);
                WAITING.getAndAdd(this, -1);
                served.incrementAndGet();
            } else {
                give(slot, true); // somebody else has served it
            }
        }
    }

    /** Gives a slot the caller owns to this waiter if it still waits; else the slot stays the caller's. */
    public boolean offer(S slot, Waiter<S> waiter) {
        slot.moveTo(Slot.Mode.IN_USE);
        if (!waiter.offer(slot)) {
            return false;
        }
        waiters.remove(waiter);
        settled(waiter);
        return true;
    }

    private void settled(Waiter<S> waiter) {
        WAITING.getAndAdd(this, -1);
        waiter.wake();
    }

    /** Brings idle slots and waiters together. */
    public void attend() {
        if (waiting != 0) {
            serve();
        }
    }

    private void serve() {
        while (!paused && !waiters.isEmpty()) {
            S slot = scan();
            if (slot == null) {
                return;
            }
            if (isUsable(slot)) {
                handOver(slot);
            } else {
                refresh.accept(slot);
            }
        }
    }

    private boolean isUsable(S taken) {
        try {
            return usable.test(taken);
        } catch (Throwable e) {
            rest(taken);
            throw e;
        }
    }

    /** False if nobody was there: the slot is idle now, and the caller has to look at the queue once more. */
    private boolean handOver(S slot) {
        boolean again = takeBack(slot);
        slot.moveTo(Slot.Mode.IN_USE);
        Waiter<S> waiter;
        while ((waiter = waiters.poll()) != null) {
            if (waiter.offer(slot)) {
                served.incrementAndGet();
                settled(waiter);
                return true;
            }
        }
        ((Slot) slot).restsAgain = again;
        rest(slot);
        return false;
    }

    /** From now on nobody is served, idle slots or not. False if that was so before. */
    public boolean pause() {
        membership.lock();
        try {
            boolean news = !paused;
            if (news) {
                WAITING.getAndAdd(this, 1);
                paused = true;
            }
            return news;
        } finally {
            membership.unlock();
        }
    }

    /** Ends a pause, after which somebody has to {@link #attend()}. False if there was none. */
    public boolean resume() {
        membership.lock();
        try {
            boolean news = paused;
            if (news) {
                paused = false;
                WAITING.getAndAdd(this, -1);
            }
            return news;
        } finally {
            membership.unlock();
        }
    }

    public boolean isPaused() {
        return paused;
    }

    Alarm alarm() {
        return alarm;
    }

    /** From now on all waiters look at the clock themselves. */
    public void endAlarm() {
        alarm.end();
    }

    /** Joins the end of the queue. Whoever joins must {@link #leave} in the end, whatever comes of it. */
    public Waiter<S> join() {
        return join(patience == 0 ? 0 : ticker.getAsLong());
    }

    /**
     * The same for who knows the time.
     *
     * @param since when it came, in the ticker's time
     */
    public Waiter<S> join(long since) {
        Waiter<S> waiter = new Waiter<>(this, since);
        WAITING.getAndAdd(this, 1);
        try {
            if (waiters.isEmpty()) {
                crowd = new Crowd(since, served.get());
            }
            waiters.add(waiter);
            serve();
            return waiter;
        } catch (Throwable e) {
            leave(waiter);
            throw e;
        }
    }

    /** Leaves the queue unless settled already. Afterwards the outcome is final. */
    public void leave(Waiter<S> waiter) {
        if (waiter.giveUp()) {
            WAITING.getAndAdd(this, -1);
            waiters.remove(waiter);
        }
        if (patience > 0 && waiting != 0 && hasIdle()) {
            callOldest();
        }
    }

    private boolean hasIdle() {
        for (Slot slot : slots) {
            if (slot.mode() == Slot.Mode.IDLE) {
                return true;
            }
        }
        return false;
    }

    /** Tells a waiter that it will not be served. False if its outcome was settled before. */
    public boolean fail(Waiter<S> waiter, Throwable cause) {
        if (!waiter.fail(cause)) {
            return false;
        }
        waiters.remove(waiter);
        settled(waiter);
        return true;
    }

    /** Fails everybody in the queue. */
    public void failAll(Supplier<? extends Throwable> cause) {
        for (Waiter<S> waiter : waiters) {
            fail(waiter, cause.get());
        }
    }

    /** Fails everybody for whom no slot is being prepared. */
    public void failUnattended(Supplier<? extends Throwable> cause) {
        for (Waiter<S> waiter : waiters) {
            if (!waiter.attended()) {
                fail(waiter, cause.get());
            }
        }
    }

    /** The oldest waiter for whom no slot is being prepared, or null. */
    public @Nullable Waiter<S> oldestUnattended() {
        for (Waiter<S> waiter : waiters) {
            if (!waiter.attended() && !waiter.settled()) {
                return waiter;
            }
        }
        return null;
    }

    /** Claims a vacant slot, or returns null. */
    @SuppressWarnings("unchecked")
    public @Nullable S tryReserve() {
        for (Slot slot : slots) {
            if (slot.tryReserve()) {
                return (S) slot;
            }
        }
        return null;
    }

    /** Whether {@link #tryReserve()} has a chance. */
    public boolean hasVacant() {
        return vacant() > 0;
    }

    /** Slots that {@link #tryReserve()} may claim. */
    public int vacant() {
        int vacant = 0;
        for (Slot slot : slots) {
            if (slot.mode() == Slot.Mode.VACANT) {
                vacant++;
            }
        }
        return vacant;
    }

    public void add(S slot) {
        membership.lock();
        try {
            Slot[] grown = Arrays.copyOf(slots, slots.length + 1);
            grown[grown.length - 1] = slot;
            slots = grown;
        } finally {
            membership.unlock();
        }
    }

    /** False if it was not there. */
    @SuppressWarnings("ReferenceEquality") // slots have no other
    public boolean remove(S slot) {
        membership.lock();
        try {
            Slot[] left = Arrays.stream(slots).filter(other -> other != slot).toArray(Slot[]::new);
            boolean present = left.length < slots.length;
            slots = left;
            return present;
        } finally {
            membership.unlock();
        }
    }

    /** Calls back for each slot present at this moment. */
    @SuppressWarnings("unchecked")
    public void forEach(Consumer<? super S> action) {
        for (Slot slot : slots) {
            action.accept((S) slot);
        }
    }

    /** Those who have waited longest, in their order. */
    public List<Waiter<S>> oldestWaiters(int most) {
        return waiters.stream().filter(waiter -> !waiter.settled()).limit(most).toList();
    }

    /** Whether somebody is in the queue; exact where {@link #waiting()} may still count somebody just served. */
    public boolean hasWaiters() {
        return !waiters.isEmpty();
    }

    /** Threads in the queue. */
    public int waiting() {
        return Math.max(0, paused ? waiting - 1 : waiting);
    }

    /** Slots that nobody uses: idle or vacant. */
    public int resting() {
        int resting = 0;
        for (Slot slot : slots) {
            Slot.Mode mode = slot.mode();
            if (mode == Slot.Mode.IDLE || mode == Slot.Mode.VACANT) {
                resting++;
            }
        }
        return resting;
    }
}
