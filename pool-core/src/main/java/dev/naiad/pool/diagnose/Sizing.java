/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a pool of some size would mean for its callers, worked out from a measured {@link Demand}.
 *
 * <p>The model is a queue before {@code n} servers: the part of the callers who wait is Erlang's C formula; how long they wait is
 * taken as exponentially distributed, its mean scaled by how unevenly callers come and hold (Allen and Cunneen's approximation).
 * For loads that come in steady traffic it is right to within a few tens of per cent, which is enough to tell a size that does
 * from one that does not. It assumes that the database is not slowed down by more connections; so the smallest sufficient size is
 * the best one.
 *
 * <p>While callers queue, connections are lent as fast as they come back, and what was measured is less than what is asked for:
 * with a utilisation near 1 raise the size, and measure again.
 */
public final class Sizing {

    private static final int LARGEST = 10_000;
    private static final double P99 = 0.99;

    private final Demand demand;

    /** The sizing for this demand. */
    public Sizing(Demand demand) {
        this.demand = Objects.requireNonNull(demand, "demand");
    }

    /** What a number of connections would mean; 1 or more. */
    public Forecast forecast(int connections) {
        if (connections < 1) {
            throw new IllegalArgumentException(connections + " connections: allowed are 1 and more.");
        }
        double utilisation = demand.load() / connections;
        if (utilisation >= 1) {
            return new Forecast(connections, utilisation, 1, Optional.empty(), Optional.empty());
        }
        double waiting = erlangC(connections, demand.load());
        double meanIfWaiting = meanIfWaiting(connections);
        return new Forecast(
                connections,
                utilisation,
                waiting,
                Optional.of(seconds(waiting * meanIfWaiting)),
                Optional.of(seconds(quantile(P99, waiting, meanIfWaiting))));
    }

    /** In seconds. */
    private double meanIfWaiting(int connections) {
        double unevenness = (demand.arrivalVariation() + demand.holdVariation()) / 2;
        return unevenness * demand.meanHold().toNanos() / 1e9 / (connections - demand.load());
    }

    private static double quantile(double part, double waiting, double meanIfWaiting) {
        return waiting <= 1 - part ? 0 : meanIfWaiting * Math.log(waiting / (1 - part));
    }

    /** The part of the callers who find all of {@code servers} busy, by the recursion of Erlang's B, which does not overflow. */
    private static double erlangC(int servers, double load) {
        double blocked = 1;
        for (int n = 1; n <= servers; n++) {
            blocked = load * blocked / (n + load * blocked);
        }
        return servers * blocked / (servers - load * (1 - blocked));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /** Forecasts for a size, and for those somewhat below and above it. */
    public List<Forecast> around(int connections) {
        return IntStream.of(-4, -2, -1, 0, 1, 2, 4, 8)
                .map(step -> connections + step)
                .filter(size -> size >= 1)
                .mapToObj(this::forecast)
                .toList();
    }

    /** The fewest connections with which 99 of 100 callers wait no longer than this; empty if ten thousand would not do. */
    public OptionalInt fewestFor(Duration p99Wait) {
        return IntStream.rangeClosed(Math.max(1, (int) Math.min(LARGEST, demand.load())), LARGEST)
                .filter(size -> forecast(size)
                        .p99Wait()
                        .filter(wait -> wait.compareTo(p99Wait) <= 0)
                        .isPresent())
                .findFirst();
    }

    /**
     * A table for people, and one sentence of advice. Do not parse it.
     *
     * @param present the most connections the pool opens now: pool_size and max_overflow together
     * @param p99Wait how long 99 of 100 callers may have to wait
     */
    public String advice(int present, Duration p99Wait) {
        if (demand.checkouts() == 0) {
            return "Nothing was lent in " + millis(demand.window()) + ", so there is nothing to learn from it.";
        }
        return String.format(
                        Locale.ROOT,
                        "%.1f checkouts/s, held for %s on average: %.1f connections in use on average, %d at most.%n",
                        demand.checkoutsPerSecond(),
                        millis(demand.meanHold()),
                        demand.meanInUse(),
                        demand.mostInUse())
                + String.format(
                        Locale.ROOT,
                        "%11s %11s %9s %12s %12s%n",
                        "connections",
                        "utilisation",
                        "waiting",
                        "mean wait",
                        "p99 wait")
                + around(present).stream().map(Sizing::row).collect(Collectors.joining())
                + sentence(present, p99Wait);
    }

    private static String row(Forecast forecast) {
        return String.format(
                Locale.ROOT,
                "%11d %10.0f%% %8.1f%% %12s %12s%n",
                forecast.connections(),
                100 * forecast.utilisation(),
                100 * forecast.waiting(),
                forecast.meanWait().map(Sizing::millis).orElse("without end"),
                forecast.p99Wait().map(Sizing::millis).orElse("without end"));
    }

    private String sentence(int present, Duration p99Wait) {
        OptionalInt fewest = fewestFor(p99Wait);
        if (fewest.isEmpty()) {
            return "No number of connections keeps the wait of 99 of 100 callers within " + millis(p99Wait)
                    + ": hold them for a shorter time.";
        }
        int enough = fewest.getAsInt();
        String reached = "keep the wait of 99 of 100 callers within " + millis(p99Wait);
        if (enough > present) {
            return "Raise pool_size and max_overflow to " + enough + " together, from " + present + ", to " + reached
                    + ".";
        }
        return enough == present
                ? present + " connections are just enough to " + reached + "."
                : enough + " connections of the present " + present + " are enough to " + reached + ".";
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
