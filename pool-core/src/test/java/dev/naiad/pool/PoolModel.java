/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link QueuePool} is to do, told without threads: one step after the other, each to its end.
 *
 * <p>Where the pool may choose (which opening an attempt of the driver belongs to, which idle connection a thread finds first),
 * the model asks {@link Choices}; what the real pool does must be one of the outcomes.
 */
final class PoolModel {

    /** Settings that stay. */
    record Fixed(
            CheckoutOrder order,
            int concurrency,
            int maxWaiters,
            Duration timeout,
            Duration connectTimeout,
            boolean patient,
            @Nullable Duration recycle) {}

    private record Link(int number, long era, long openedAt, boolean soft) {}

    private record Opening(int asker, long era, long since, boolean first, boolean doubtful) {}

    private record Waiting(int who, long deadline, boolean attended) {}

    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final Fixed settings;
    private int size;
    private int overflow;
    private long now;
    private long epoch;
    private long generation;
    private boolean closed;
    private @Nullable Suspension suspension;
    private final List<Link> idle = new ArrayList<>();
    private final Map<Integer, Link> lent = new TreeMap<>();
    private final List<Integer> detached = new ArrayList<>();
    private final List<Integer> aborted = new ArrayList<>();
    private final List<Opening> openings = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private int vacant;
    private int inHand;
    private final List<Opening> abandoned = new ArrayList<>();
    private long typicalOpening;
    private long served;
    private long servedBefore;
    private long crowdSince;
    private long crowdServed;
    private long arrivedAt = -1;
    private long arrivedServed;
    private boolean fruitless;
    private final Map<Integer, String> answers = new TreeMap<>();
    private Choices choices = new Choices();

    PoolModel(Fixed settings, int size, int overflow) {
        this.settings = settings;
        this.size = size;
        this.overflow = overflow;
    }

    PoolModel copy(Choices choices) {
        PoolModel copy = new PoolModel(settings, size, overflow);
        copy.now = now;
        copy.epoch = epoch;
        copy.generation = generation;
        copy.closed = closed;
        copy.suspension = suspension;
        copy.idle.addAll(idle);
        copy.lent.putAll(lent);
        copy.detached.addAll(detached);
        copy.aborted.addAll(aborted);
        copy.openings.addAll(openings);
        copy.waiting.addAll(waiting);
        copy.vacant = vacant;
        copy.abandoned.addAll(abandoned);
        copy.typicalOpening = typicalOpening;
        copy.served = served;
        copy.servedBefore = served;
        copy.crowdSince = crowdSince;
        copy.crowdServed = crowdServed;
        copy.arrivedAt = arrivedAt;
        copy.arrivedServed = arrivedServed;
        copy.fruitless = fruitless;
        copy.choices = choices;
        return copy;
    }

    // What can be seen of it

    /** What is seen of a pool from outside when nothing moves; of the answers only those of the last step. */
    record View(
            int checkedIn,
            int checkedOut,
            int opening,
            int waiting,
            int physical,
            int heldAttempts,
            Map<Integer, String> answers) {}

    View view() {
        int idlePlaces = idle.size() + vacant;
        return new View(
                idlePlaces,
                live() - idlePlaces,
                openings.size(),
                waiting.size(),
                idle.size() + lent.size() - aborted.size() + detached.size(),
                openings.size() + abandoned.size(),
                new LinkedHashMap<>(answers));
    }

    /** Equal for two states that will behave the same. */
    @Override
    public String toString() {
        return "size " + size + "+" + overflow + ", idle " + idle + ", vacant " + vacant + ", lent " + lent
                + ", detached "
                + detached + ", aborted " + aborted + ", openings " + openings + ", abandoned " + abandoned
                + ", waiting "
                + waiting + ", typical opening " + typicalOpening + ", served " + served + ", crowd " + crowdSince + "/"
                + crowdServed + ", arrived " + arrivedAt + "/" + arrivedServed + fruitless + ", era " + era() + ", now "
                + now
                + ", " + suspension + (closed ? ", closed" : "");
    }

    // What may happen

    void borrow(int who) {
        if (settings.timeout().isZero()) {
            borrowAtOnce(who);
            return;
        }
        if (!closed && suspension == null && waiting.isEmpty() && !idle.isEmpty()) {
            Link taken = scan();
            if (usable(taken)) {
                lend(who, taken);
                return;
            }
            vacate(taken);
        }
        if (suspension == Suspension.FAIL && !closed) {
            answers.put(who, "PoolSuspendedException");
        } else if (waiting.size() >= settings.maxWaiters()) {
            answers.put(who, "TooManyWaitersException");
        } else if (closed) {
            answers.put(who, "PoolClosedException");
        } else {
            if (waiting.isEmpty()) {
                crowdSince = now;
                crowdServed = served;
            }
            waiting.add(new Waiting(who, now + settings.timeout().toNanos(), false));
            serve();
            grow();
        }
    }

    private void borrowAtOnce(int who) {
        boolean first = vacant == 0;
        if (!closed && suspension == null && !idle.isEmpty()) {
            Link taken = scan();
            if (usable(taken)) {
                lend(who, taken);
                return;
            }
            first = false; // it gets a new connection
            vacant++;
        }
        if (closed) {
            answers.put(who, "PoolClosedException");
        } else if (suspension != null) {
            refuse(who);
        } else if (open() >= limit()) {
            answers.put(who, "PoolTimeoutException");
        } else {
            vacant -= first ? 0 : 1;
            openings.add(new Opening(own(who), era(), now, first, false));
        }
    }

    private void refuse(int who) {
        answers.put(who, suspension == Suspension.FAIL ? "PoolSuspendedException" : "PoolTimeoutException");
    }

    /** Marks an opening on the borrower's own thread; others are marked with who asked for them. */
    private static int own(int who) {
        return -1 - who;
    }

    void giveBack(int who) {
        Link back = lent.remove(who);
        inHand++;
        if (aborted.remove((Integer) who)) {
            inHand--;
            return;
        }
        giveBack(back, back.era());
    }

    /** Its connection is gone. */
    void giveBackWithout(int who) {
        Link back = lent.remove(who);
        aborted.remove((Integer) who);
        inHand++;
        grow();
        giveBack(null, back.era());
    }

    private void giveBack(@Nullable Link link, long era) {
        if (closed || !isPresentEpoch(era)) {
            retire();
        } else {
            settle(link, era);
        }
    }

    void outdate(int who) {
        if (lent.get(who).era() == era()) {
            generation++;
        }
    }

    void invalidateSoftly(int who) {
        Link old = lent.get(who);
        lent.put(who, new Link(old.number(), old.era(), old.openedAt(), true));
    }

    void detach(int who) {
        int number = lent.get(who).number();
        Link leaving = lent.remove(who);
        if (!aborted.remove((Integer) who)) {
            detached.add(number);
        }
        inHand++;
        giveBack(null, leaving.era());
    }

    void closeDetached(int number) {
        detached.remove((Integer) number);
    }

    void openingSucceeds(int number) {
        Opening over = endedOpening();
        if (over == null) {
            grow();
            return;
        }
        Link link = new Link(number, over.era(), over.since(), false);
        long took = now - over.since();
        if (arrivedAt < crowdSince) {
            fruitless = false;
        } else if (now - arrivedAt >= typicalOpening / 16) {
            fruitless = served == arrivedServed;
        }
        typicalOpening = arrivedAt < 0 || took < typicalOpening ? took : (3 * typicalOpening + took) / 4;
        arrivedAt = now;
        arrivedServed = served;
        Waiting asker = waiter(over.asker());
        inHand++;
        if (over.asker() < 0) {
            int who = -1 - over.asker();
            if (closed) {
                retire();
                answers.put(who, "PoolClosedException");
            } else if (suspension != null) {
                settle(link, over.era());
                refuse(who);
            } else {
                inHand--;
                lend(who, link);
            }
            return;
        }
        if (asker != null && suspension == null) {
            inHand--;
            waiting.remove(asker);
            lend(asker.who(), link);
        } else {
            attend(over.asker(), false);
            settle(link, over.era());
        }
        grow();
    }

    /** One of those under way; null for one that was abandoned, whose borrower hears of it if it is on its own thread. */
    private @Nullable Opening endedOpening() {
        int which = choices.among(openings.size() + abandoned.size());
        if (which < openings.size()) {
            return openings.remove(which);
        }
        Opening late = abandoned.remove(which - openings.size());
        if (late.asker() < 0) {
            answers.put(-1 - late.asker(), "SQLTransientConnectionException");
        }
        return null;
    }

    void openingFails() {
        Opening over = endedOpening();
        if (over == null) {
            if (!answers.isEmpty()) {
                answers.replaceAll((who, answer) -> "SQLException");
            }
            grow();
            return;
        }
        if (over.asker() < 0) {
            answers.put(-1 - over.asker(), "SQLException");
        }
        if (!over.first()) {
            vacant++;
        }
        retireIfOutdated(over.era());
        Waiting asker = waiter(over.asker());
        if (asker != null) {
            waiting.remove(asker);
            answers.put(asker.who(), "SQLException");
        }
        grow();
    }

    void interrupt(int who) {
        waiting.remove(waiter(who));
        answers.put(who, "SQLException");
    }

    void tick(Duration by) {
        now += by.toNanos();
        for (Opening opening : List.copyOf(openings)) {
            long age = now - opening.since();
            if (age >= settings.connectTimeout().toNanos()) {
                openings.remove(opening);
                abandoned.add(opening);
                attend(opening.asker(), false);
            } else if (age >= Population.DOUBT && !opening.doubtful()) {
                openings.set(
                        openings.indexOf(opening),
                        new Opening(opening.asker(), opening.era(), opening.since(), opening.first(), true));
                attend(opening.asker(), false);
            }
        }
        grow();
        retireSurplus();
        for (Waiting each : List.copyOf(waiting)) {
            if (each.deadline() <= now) {
                waiting.remove(each);
                answers.put(each.who(), "PoolTimeoutException");
            }
        }
    }

    void resize(int newSize, int newOverflow) {
        size = newSize;
        overflow = newOverflow;
        retireSurplus();
        grow();
    }

    void dispose() {
        epoch++;
        generation = 0;
        retireOutdated();
    }

    void suspend(Suspension how) {
        suspension = how;
        if (how == Suspension.FAIL) {
            failAll("PoolSuspendedException");
        }
    }

    void resume() {
        suspension = null;
        serve();
        retireSurplus();
        grow();
    }

    void close() {
        closed = true;
        epoch++;
        generation = 0;
        failAll("PoolClosedException");
        retireOutdated();
        aborted.clear();
        aborted.addAll(lent.keySet());
    }

    // How it comes about

    private long era() {
        return epoch << 32 | generation;
    }

    private boolean isPresentEpoch(long era) {
        return era >>> 32 == epoch;
    }

    private boolean usable(Link link) {
        Duration recycle = settings.recycle();
        return link.era() == era() && !link.soft() && (recycle == null || now - link.openedAt() <= recycle.toNanos());
    }

    private int live() {
        return idle.size() + vacant + lent.size() + openings.size() + inHand;
    }

    private int limit() {
        return size == 0 || overflow < 0 ? UNLIMITED : size + overflow;
    }

    private int keep() {
        return size == 0 ? UNLIMITED : size;
    }

    private @Nullable Waiting waiter(int who) {
        return waiting.stream().filter(each -> each.who() == who).findFirst().orElse(null);
    }

    private void attend(int who, boolean attended) {
        Waiting present = waiter(who);
        if (present != null) {
            waiting.set(waiting.indexOf(present), new Waiting(who, present.deadline(), attended));
        }
    }

    private void lend(int who, Link link) {
        lent.put(who, link);
        answers.put(who, "connection " + link.number());
    }

    private void failAll(String reason) {
        waiting.forEach(each -> answers.put(each.who(), reason));
        waiting.clear();
    }

    private Link scan() {
        return switch (settings.order()) {
            case FIFO -> idle.remove(0);
            case LIFO -> idle.remove(idle.size() - 1);
            case AFFINE -> idle.remove(choices.among(idle.size()));
        };
    }

    private void serve() {
        while (suspension == null && !waiting.isEmpty() && !idle.isEmpty()) {
            Link taken = scan();
            if (usable(taken)) {
                serve(taken);
            } else {
                vacate(taken);
            }
        }
    }

    private void serve(Link link) {
        served++;
        lend(waiting.remove(0).who(), link);
    }

    private void vacate(Link stale) {
        inHand++;
        grow(); // its connection has been closed, but it still counts
        inHand--;
        vacant++;
        retireIfOutdated(stale.era());
        grow();
    }

    private void settle(@Nullable Link link, long era) {
        boolean crowded = live() > keep();
        if (crowded && live() - vacant > limit()) {
            retire();
        } else if (crowded && waiting.isEmpty() && idle.size() + vacant >= keep()) {
            retire();
        } else {
            inHand--;
            putBack(link);
        }
        retireIfOutdated(era);
    }

    private void putBack(@Nullable Link link) {
        if (link == null) {
            vacant++;
            grow();
        } else if (waiting.isEmpty() || suspension != null) {
            idle.add(link);
        } else if (!usable(link)) {
            vacate(link);
        } else if (settings.patient() && choices.among(2) == 1) {
            idle.add(link); // whom it is for has been called, and who grows meanwhile sees both
            grow();
            serve();
        } else {
            serve(link);
        }
        retireSurplus();
    }

    private void retire() {
        inHand--;
        grow();
    }

    private void retireSurplus() {
        if (settings.patient() && served > servedBefore && choices.among(2) == 1) {
            return; // who was called to take what is idle still stood in the queue when that was looked at
        }
        while (waiting.isEmpty() && live() > keep() && idle.size() + vacant > keep()) {
            if (vacant > 0) {
                vacant--;
            } else if (suspension == null && !idle.isEmpty()) {
                scan();
            } else {
                return;
            }
        }
    }

    private void retireIfOutdated(long era) {
        if (closed || !isPresentEpoch(era)) {
            retireOutdated();
        }
    }

    private void retireOutdated() {
        idle.removeIf(link -> closed || !isPresentEpoch(link.era()));
        while (vacant > 0) {
            vacant--;
            grow();
        }
    }

    private void grow() {
        while (!closed && suspension == null && isGrowthWanted() && open() < limit()) {
            Waiting asker = waiting.stream()
                    .filter(each -> !each.attended())
                    .findFirst()
                    .orElse(null);
            if (asker == null) {
                return;
            }
            openings.add(new Opening(asker.who(), era(), now, vacant == 0, false));
            vacant = Math.max(0, vacant - 1);
            attend(asker.who(), true);
        }
    }

    /** Connections that there are or may be. */
    private int open() {
        return live() - vacant;
    }

    private boolean isGrowthWanted() {
        int running = 0;
        int own = 0;
        int promising = idle.size();
        for (Opening opening : openings) {
            running += opening.doubtful() ? 0 : 1;
            if (!opening.doubtful() && waiter(opening.asker()) != null) {
                own++;
            } else if (now - opening.since() < Population.STRAY_PATIENCE) {
                promising++;
            }
        }
        int unattended = waiting.size() - own - promising;
        return running < settings.concurrency() && unattended > 0 && !isHeldBack(unattended);
    }

    /** Whether those who wait will be served soon enough by what comes back. */
    private boolean isHeldBack(int unattended) {
        if (typicalOpening < TimeUnit.MILLISECONDS.toNanos(16) || lent.size() + inHand == 0) {
            return false;
        }
        boolean arrivedLast = crowdSince < arrivedAt;
        long passed = now - (arrivedLast ? arrivedAt : crowdSince);
        long gone = served - (arrivedLast ? arrivedServed : crowdServed);
        return passed < typicalOpening / 16 && !(arrivedLast && fruitless)
                || gone > 0 && passed < typicalOpening && passed + (double) passed / gone * unattended < typicalOpening;
    }
}
