/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link QueuePool} is to do, told without threads: one step after the other, each to its end.
 *
 * <p>Where the pool may choose (which idle connection a thread finds first, when exactly it tries again what failed), the model asks
 * {@link Choices}; what the real pool does must be one of the outcomes. What the housekeeper remembers is told by {@link UpkeepModel}.
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
            @Nullable Duration recycle,
            UpkeepModel.Fixed upkeep) {}

    /**
     * A connection and the place it is in.
     *
     * @param seenAt when a round found it at rest, if it has not moved since, else null
     */
    private record Link(
            int number,
            int place,
            long era,
            long openedAt,
            boolean soft,
            @Nullable Long seenAt) {

        Link seen(@Nullable Long at) {
            return new Link(number, place, era, openedAt, soft, at);
        }
    }

    /**
     * A connection being opened.
     *
     * @param place in which it is opened
     * @param first whether that is new
     * @param predecessor the place whose connection it is to replace, or {@link #NONE}
     */
    private record Opening(
            int asker, long era, long since, int place, boolean first, int predecessor, boolean doubtful) {

        /** The same, for nobody. */
        Opening forsaken() {
            return new Opening(NONE, era, since, place, first, predecessor, doubtful);
        }

        Opening doubted() {
            return new Opening(asker, era, since, place, first, predecessor, true);
        }

        boolean isSpare() {
            return predecessor == NONE && (asker == NONE || asker < 0);
        }
    }

    private record Waiting(int who, long deadline, boolean attended) {}

    private static final int UNLIMITED = Integer.MAX_VALUE;
    private static final int NONE = Integer.MAX_VALUE;

    /** From none to as many openings as there are at the same time. */
    private static final int SOME = 4;

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
    private final Set<Integer> vacant = new TreeSet<>();
    private final List<Integer> places = new ArrayList<>(); // those that have had a connection, in the order they came
    private int lastPlace;
    private int inHand;
    private boolean arrives;
    private final UpkeepModel upkeep;
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
        this(settings, size, overflow, new UpkeepModel(settings.upkeep()));
        warmUp();
    }

    private PoolModel(Fixed settings, int size, int overflow, UpkeepModel upkeep) {
        this.settings = settings;
        this.size = size;
        this.overflow = overflow;
        this.upkeep = upkeep;
    }

    PoolModel copy(Choices choices) {
        PoolModel copy = new PoolModel(settings, size, overflow, upkeep.copy());
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
        copy.vacant.addAll(vacant);
        copy.places.addAll(places);
        copy.lastPlace = lastPlace;
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
            Set<Integer> physical,
            Set<Integer> placesOfAttempts,
            Map<Integer, String> answers) {}

    View view() {
        int idlePlaces = idle.size() + vacant.size();
        Set<Integer> attempts = new TreeSet<>();
        openings.forEach(opening -> attempts.add(opening.place()));
        abandoned.forEach(opening -> attempts.add(opening.place()));
        Set<Integer> physical = new TreeSet<>(detached);
        idle.forEach(link -> physical.add(link.number()));
        lent.forEach((who, link) -> {
            if (!aborted.contains(who)) {
                physical.add(link.number());
            }
        });
        return new View(
                idlePlaces,
                live() - idlePlaces,
                openings.size(),
                waiting.size(),
                physical,
                attempts,
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
                + ", " + upkeep
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
        Link stale = null;
        if (!closed && suspension == null && !idle.isEmpty()) {
            Link taken = scan();
            if (usable(taken)) {
                lend(who, taken);
                return;
            }
            stale = taken; // it gets a new connection
            vacant.add(stale.place());
        }
        if (closed) {
            answers.put(who, "PoolClosedException");
        } else if (suspension != null) {
            refuse(who);
        } else if (open() >= limit()) {
            answers.put(who, "PoolTimeoutException");
        } else {
            upkeep.need(era());
            begin(own(who), stale == null ? firstVacant() : Integer.valueOf(stale.place()), NONE);
        }
    }

    private void refuse(int who) {
        answers.put(who, suspension == Suspension.FAIL ? "PoolSuspendedException" : "PoolTimeoutException");
    }

    /** Marks an opening for which its borrower waits in person; others are marked with who asked for them. */
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
        giveBack(back, true);
    }

    /** Its connection is gone. */
    void giveBackWithout(int who) {
        Link back = lent.remove(who);
        aborted.remove((Integer) who);
        inHand++;
        closed();
        giveBack(back, false);
    }

    private void giveBack(Link link, boolean connected) {
        if (closed || !isPresentEpoch(link.era())) {
            retire(connected);
        } else {
            settle(link, connected);
        }
    }

    void outdate(int who) {
        if (lent.get(who).era() == era()) {
            generation++;
        }
    }

    void invalidateSoftly(int who) {
        Link old = lent.get(who);
        lent.put(who, new Link(old.number(), old.place(), old.era(), old.openedAt(), true, null));
    }

    void detach(int who) {
        int number = lent.get(who).number();
        Link leaving = lent.remove(who);
        if (!aborted.remove((Integer) who)) {
            detached.add(number);
        }
        inHand++;
        giveBack(leaving, false);
    }

    void closeDetached(int number) {
        detached.remove((Integer) number);
    }

    /**
     * @param place in which it was opened
     */
    void openingSucceeds(int number, int place) {
        upkeep.opened();
        Opening over = endedOpening(place);
        if (over == null) {
            closed();
            return;
        }
        if (over.first()) {
            places.add(place);
        }
        Link link = new Link(number, place, over.era(), over.since(), false, null);
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
            if (suspension != null) {
                settle(link, true);
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
            arrives = true;
            if (over.predecessor() != NONE) {
                succeed(over.predecessor());
            }
            settle(link, true);
            arrives = false;
        }
        grow();
        if (over.asker() == NONE) {
            payDebts();
        }
    }

    /** What was to be replaced goes, unless it has been replaced otherwise, or is lent. */
    private void succeed(int place) {
        Link old = idleIn(place);
        if (old != null) {
            idle.remove(old);
            inHand++;
            if (usable(old)) {
                settle(old, true);
            } else {
                retire(true);
            }
        } else if (vacant.remove(place)) {
            grow();
        }
    }

    private @Nullable Link idleIn(int place) {
        return idle.stream().filter(link -> link.place() == place).findFirst().orElse(null);
    }

    /** Null for one that was abandoned. */
    private @Nullable Opening endedOpening(int place) {
        for (Opening opening : openings) {
            if (opening.place() == place) {
                openings.remove(opening);
                return opening;
            }
        }
        Opening late = abandoned.stream()
                .filter(opening -> opening.place() == place)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Nothing is being opened in place " + place));
        abandoned.remove(late);
        return null;
    }

    void openingFails(int place) {
        Opening over = endedOpening(place);
        if (over == null) {
            grow();
            return;
        }
        upkeep.failed();
        if (over.asker() < 0) {
            answers.put(-1 - over.asker(), "SQLException");
        }
        if (!over.first()) {
            vacant.add(place);
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

    /**
     * The housekeeper looks at the pool after a while.
     *
     * @param mute number of a connection that does not answer
     */
    void round(Duration by, int mute) {
        now += by.toNanos();
        for (Opening opening : List.copyOf(openings)) {
            long age = now - opening.since();
            if (age >= settings.connectTimeout().toNanos()) {
                openings.remove(opening);
                abandoned.add(opening);
                upkeep.failed();
                if (opening.asker() < 0) {
                    answers.put(-1 - opening.asker(), "SQLTransientConnectionException");
                }
                attend(opening.asker(), false);
            } else if (age >= OpeningsInFlight.DOUBT && !opening.doubtful()) {
                openings.set(openings.indexOf(opening), opening.doubted());
                attend(opening.asker(), false);
            }
        }
        grow();
        retireSurplus();
        if (!closed && suspension == null) {
            tend(mute);
        }
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

    void refresh() {
        dispose();
        upkeep.need(era());
    }

    /** Of a dead connection: all that rest are asked if they are alive, and are. */
    void suspectAll() {
        idle.replaceAll(link -> link.seen(null));
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
        for (Opening opening : List.copyOf(openings)) {
            if (opening.asker() < 0) {
                answers.put(-1 - opening.asker(), "PoolClosedException");
                openings.set(openings.indexOf(opening), opening.forsaken());
            }
        }
        retireOutdated();
        aborted.clear();
        aborted.addAll(lent.keySet());
    }

    // Upkeep

    private void warmUp() {
        upkeep.need(era());
        int wanted = upkeep.warm(size);
        while (wanted > 0 && openSpare(NONE)) {
            wanted--;
        }
        upkeep.owe(wanted, epoch);
    }

    private boolean openSpare(int predecessor) {
        boolean possible = hasRoomFor(predecessor);
        if (possible) {
            begin(NONE, firstVacant(), predecessor);
        }
        return possible;
    }

    private boolean hasRoomFor(int predecessor) {
        return (predecessor != NONE || open() < keep()) && running() < settings.concurrency() && open() < limit();
    }

    /** For nobody in particular, which pauses while opening fails. */
    private boolean openUnasked(int predecessor) {
        if (!hasRoomFor(predecessor) || !upkeep.mayOpen(now, choices)) {
            return false;
        }
        upkeep.tried(now);
        return openSpare(predecessor);
    }

    private void tend(int mute) {
        int wanted = upkeep.wanted(now, lent.size() + waiting.size());
        List<Link> stale = new ArrayList<>();
        List<Link> rested = new ArrayList<>();
        List<Link> silent = new ArrayList<>();
        int fit = survey(stale, rested, silent);
        upkeep.noteFailures(now);
        payDebts();
        replace(stale, wanted);
        replenish(fit);
        goOnWarming();
        shrink(rested, wanted);
        for (Link each : silent) {
            if (idle.contains(each)) {
                ask(each, each.number() == mute);
            }
        }
    }

    /** Returns how many are neither too old nor invalid. */
    private int survey(List<Link> stale, List<Link> rested, List<Link> silent) {
        int fit = 0;
        List<Link> inOrder = new ArrayList<>(idle);
        inOrder.sort(Comparator.comparingInt(link -> places.indexOf(link.place())));
        for (Link link : inOrder) {
            Long seenAt = link.seenAt();
            Link seen = link.seen(seenAt == null ? Long.valueOf(now) : seenAt);
            idle.set(idle.indexOf(link), seen);
            boolean due = !usable(link);
            boolean before = upkeep.wasDue(link.place(), due);
            if (due) {
                if (before) {
                    stale.add(seen);
                }
                continue;
            }
            fit++;
            if (seenAt != null) {
                rested.add(seen);
                if (upkeep.isSilent(now - seenAt)) {
                    silent.add(seen);
                }
            }
        }
        return fit;
    }

    private void replace(List<Link> stale, int wanted) {
        int quota = UpkeepModel.gently(stale.size());
        for (Link each : stale) {
            if (quota == 0) {
                return;
            }
            if (openings.stream().anyMatch(opening -> opening.predecessor() == each.place())) {
                continue;
            }
            if (connections() > wanted) {
                take(each);
            } else if (!openUnasked(each.place())) {
                if (upkeep.owed() == 0 && !upkeep.isFailing() && open() >= limit()) {
                    take(each);
                    upkeep.owe(1, epoch);
                }
                return;
            }
            quota--;
        }
    }

    private void replenish(int fit) {
        if (upkeep.isNeeded(epoch)) {
            int missing = settings.upkeep().minIdle() - fit - spares();
            while (missing > 0 && openUnasked(NONE)) {
                missing--;
            }
        }
    }

    private void goOnWarming() {
        if (upkeep.isWarm(size, connections(), epoch)) {
            return;
        }
        int missing = upkeep.warm(size) - spares() - upkeep.owed() - connections();
        while (missing > 0 && openUnasked(NONE)) {
            missing--;
        }
    }

    private void shrink(List<Link> rested, int wanted) {
        int excess = connections() - wanted;
        int quota = excess <= 0 ? 0 : UpkeepModel.gently(excess);
        for (Link each : rested) {
            if (quota-- > 0) {
                take(each);
            }
        }
    }

    private int spares() {
        return (int) openings.stream().filter(Opening::isSpare).count();
    }

    /** Closes an idle connection, with its place. */
    private void take(Link link) {
        idle.remove(link);
        inHand++;
        retire(true);
    }

    private void ask(Link link, boolean mute) {
        if (mute) {
            idle.remove(link);
            vacate(link);
        } else {
            idle.set(idle.indexOf(link), link.seen(null));
        }
        retireSurplus();
    }

    /** Opens in the place of what had to be closed first. */
    private void payDebts() {
        if (closed || suspension != null || upkeep.owed() == 0) {
            return;
        }
        int left = upkeep.owesIn(epoch) && open() < keep() ? upkeep.owed() : 0;
        while (left > 0 && openUnasked(NONE)) {
            left--;
        }
        upkeep.owe(left);
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
        return idle.size() + vacant.size() + lent.size() + openings.size() + inHand;
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
        lent.put(who, link.seen(null));
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
        closed(); // it still counts
        inHand--;
        vacant.add(stale.place());
        retireIfOutdated(stale.era());
        grow();
    }

    private void settle(Link link, boolean connected) {
        boolean crowded = live() > keep();
        if (crowded && live() - vacant.size() > limit()) {
            retire(connected);
        } else if (crowded && waiting.isEmpty() && idle.size() + vacant.size() >= keep()) {
            retire(connected);
        } else {
            inHand--;
            putBack(link.seen(null), connected);
        }
        retireIfOutdated(link.era());
    }

    private void putBack(Link link, boolean connected) {
        if (!connected) {
            vacant.add(link.place());
            grow();
        } else if (waiting.isEmpty() || suspension != null) {
            idle.add(link);
        } else if (!usable(link)) {
            vacate(link);
        } else if (settings.patient()) {
            idle.add(link); // whom it is for has been called, and who grows meanwhile sees both,
            grow(choices.among(SOME));
            idle.remove(link);
            if (arrives) {
                inHand++; // or that it is taken, and the one who took it still in the queue
                grow(choices.among(SOME));
                inHand--;
            }
            serve(link);
        } else {
            serve(link);
        }
        retireSurplus();
    }

    private void retire(boolean connected) {
        inHand--;
        if (connected) {
            closed();
        }
        grow();
    }

    /** A connection has been closed, and counts no longer; its place still does, if it stays. */
    private void closed() {
        grow();
        payDebts();
    }

    private void retireSurplus() {
        if (settings.patient() && served > servedBefore && choices.among(2) == 1) {
            return; // who was called to take what is idle still stood in the queue when that was looked at
        }
        while (waiting.isEmpty() && live() > keep() && idle.size() + vacant.size() > keep()) {
            if (!vacant.isEmpty()) {
                vacant.remove(firstVacant());
            } else if (suspension == null && !idle.isEmpty()) {
                scan();
                closed();
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
        if (idle.removeIf(link -> closed || !isPresentEpoch(link.era()))) {
            closed();
        }
        idle.replaceAll(link -> link.seen(null));
        while (!vacant.isEmpty()) {
            vacant.remove(firstVacant());
            grow();
        }
    }

    private void grow() {
        grow(UNLIMITED);
    }

    private boolean mayGrow() {
        return !closed && suspension == null && isGrowthWanted() && open() < limit();
    }

    /** Who grows may stop on the way, as others are served at the same time. */
    private void grow(int most) {
        for (int left = most; left > 0 && mayGrow(); left--) {
            Waiting asker = waiting.stream()
                    .filter(each -> !each.attended())
                    .findFirst()
                    .orElse(null);
            if (asker == null) {
                return;
            }
            upkeep.grew(open() + 1);
            upkeep.need(era());
            begin(asker.who(), firstVacant(), NONE);
            attend(asker.who(), true);
        }
    }

    /**
     * @param place a vacant one, or null for a new one
     */
    private void begin(int asker, @Nullable Integer place, int predecessor) {
        if (place != null) {
            vacant.remove(place);
        }
        int number = place == null ? ++lastPlace : place;
        openings.add(new Opening(asker, era(), now, number, place == null, predecessor, false));
    }

    private @Nullable Integer firstVacant() {
        return vacant.stream().min(Comparator.comparingInt(places::indexOf)).orElse(null);
    }

    /** Connections that there are or may be. */
    private int open() {
        return live() - vacant.size();
    }

    private int connections() {
        return open() - openings.size();
    }

    private int running() {
        return (int) openings.stream().filter(each -> !each.doubtful()).count();
    }

    private boolean isGrowthWanted() {
        int own = 0;
        int promising = idle.size();
        for (Opening opening : openings) {
            if (!opening.doubtful() && waiter(opening.asker()) != null) {
                own++;
            } else if (now - opening.since() < Growth.STRAY_PATIENCE) {
                promising++;
            }
        }
        int unattended = waiting.size() - own - promising;
        return running() < settings.concurrency() && unattended > 0 && !isHeldBack(unattended);
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
