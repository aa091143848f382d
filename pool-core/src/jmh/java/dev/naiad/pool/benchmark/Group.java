/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import static dev.naiad.pool.benchmark.Metric.high;
import static dev.naiad.pool.benchmark.Metric.low;
import static dev.naiad.pool.benchmark.Metric.plain;
import static dev.naiad.pool.benchmark.contender.Contender.AGROAL;
import static dev.naiad.pool.benchmark.contender.Contender.HIKARI;
import static dev.naiad.pool.benchmark.contender.Contender.NAIAD;
import static dev.naiad.pool.benchmark.contender.Contender.TOMCAT;
import static dev.naiad.pool.benchmark.contender.Contender.UCP;
import static dev.naiad.pool.benchmark.contender.Contender.VIBUR;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec.Extra;
import dev.naiad.pool.benchmark.scenario.Scenario;
import dev.naiad.pool.benchmark.scenario.ThreadKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Benchmarks that answer one question: a section of the report and a plot. The first metric is the one plotted. */
enum Group {
    CONNECTION(
            "Connection cycle",
            "Getting a connection and closing it, on a pool of 32 that are all open. The floor is a place for each thread, taken and"
                    + " given back by compare-and-set, and an object handed out. Nanoseconds per operation and thread, so with more"
                    + " threads than processors they include waiting for one.",
            micro()) {
        @Override
        List<Trial> trials() {
            List<Trial> trials = new ArrayList<>();
            for (int threads : new int[] {1, 2, 8, 32}) {
                String variant = threads == 1 ? "1 thread" : threads + " threads";
                MicroTrial cycle = new MicroTrial(variant, "connection", threads, Extra.NOTHING);
                trials.add(MicroTrial.floor(variant, threads));
                trials.add(threads == 1 ? cycle.forAll() : cycle);
            }
            return trials;
        }
    },
    STATEMENT(
            "Statement cycle",
            "Getting a connection, preparing a statement, a query, a row, closing all; one thread, everything escapes.",
            micro()) {
        @Override
        List<Trial> trials() {
            return List.of(new MicroTrial("", "statement", 1, Extra.NOTHING));
        }
    },
    TRANSACTION(
            "Transaction cycle",
            "Getting a connection, turning autocommit off, preparing an update, running it, committing, closing; one thread.",
            micro()) {
        @Override
        List<Trial> trials() {
            return List.of(new MicroTrial("", "transaction", 1, Extra.NOTHING));
        }
    },
    METRICS(
            "Metrics on",
            "The connection cycle of one thread while the pool keeps its meters; and how long each connection is held, which HikariCP"
                    + " does in any case, and Naiad on request.",
            micro()) {
        @Override
        List<Trial> trials() {
            return List.of(
                    new MicroTrial("", "connection", 1, Extra.METRICS).only(NAIAD, HIKARI, AGROAL),
                    new MicroTrial("with hold times", "connection", 1, Extra.HOLD_TIMES).only(NAIAD, HIKARI));
        }
    },
    TRACKING(
            "Tracking on",
            "The connection cycle of one thread while the pool watches for connections held too long; and, in turns in one JVM, as"
                    + " Naiad comes, with that, and with all off that it can be told not to look after.",
            micro()) {
        @Override
        List<Trial> trials() {
            Set<Contender> all = EnumSet.complementOf(EnumSet.of(UCP));
            return List.of(
                    new MicroTrial("", "connection", 1, Extra.TRACKING).only(all.toArray(Contender[]::new)),
                    new ScenarioTrial(Scenario.IN_TURNS).only(NAIAD));
        }
    },
    FAT_JAR(
            "In a fat jar",
            "The connection cycle of one thread as in an application whose classes come from a class loader of their own, where"
                    + " HikariCP keeps its per-thread lists by weak references. To Naiad it is all the same.",
            micro()) {
        @Override
        List<Trial> trials() {
            return List.of(new MicroTrial("", "connection", 1, Extra.NOTHING)
                    .only(NAIAD, HIKARI)
                    .withJvmArgument("-Dcom.zaxxer.hikari.useWeakReferences=true"));
        }
    },
    CONTENTION(
            "Contention",
            "32 threads, platform and virtual, share 4 connections and hold them for 20 µs, busy with 20 µs of computing, or parked as"
                    + " if waiting for a server. Waits in milliseconds; evenness is what the slowest thread got done, divided by"
                    + " what the fastest did.",
            List.of(
                    high("throughput", "cycles/s", 0),
                    plain("p50", "p50 (ms)", 3),
                    low("p99", "p99", 2),
                    low("p999", "p99.9", 2),
                    low("max", "max", 1),
                    high("evenness", "evenness", 2))) {
        @Override
        List<Trial> trials() {
            return List.of(new ScenarioTrial(Scenario.CONTENTION));
        }
    },
    VIRTUAL_THREADS(
            "Virtual threads",
            "1,000 and 10,000 virtual threads, started at once, share 10 connections; queries of 1 ms and of no length. The bound is"
                    + " what 10 threads get done that have a connection each, and no pool.",
            List.of(
                    high("throughput", "cycles/s", 0),
                    plain("bound", "% of the bound", 1),
                    low("total", "total (ms)", 0),
                    low("p99", "p99 of the wait (ms)", 1),
                    low("cpu", "CPU per cycle (µs)", 2))) {
        @Override
        List<Trial> trials() {
            return ThreadKind.VIRTUAL.isAvailable()
                    ? List.of(new ScenarioTrial(Scenario.VIRTUAL_THREADS).only(NAIAD, HIKARI, AGROAL, VIBUR))
                    : List.of();
        }
    },
    SPIKE(
            "Spike",
            "50 threads arrive at once and run a query each, of 2 or 200 ms. The pool may have 50 connections and has few; to open one"
                    + " takes 150 ms. Milliseconds until the last thread was done, the worst wait, and the connections opened on this"
                    + " occasion.",
            List.of(low("total", "total (ms)", 1), low("worst", "worst wait (ms)", 1), plain("opened", "opened", 0))) {
        @Override
        List<Trial> trials() {
            return List.of(new ScenarioTrial(Scenario.SPIKE));
        }
    },
    RAMP(
            "Ramp",
            "50 threads want a connection of an empty pool at once and keep it until all have one. Milliseconds.",
            List.of(low("total", "total (ms)", 1))) {
        @Override
        List<Trial> trials() {
            return List.of(new ScenarioTrial(Scenario.RAMP));
        }
    },
    WEIGHT(
            "Weight",
            "Heap per idle connection, beside the driver's part, and per pool; from nothing to the first connection in a fresh JVM; the"
                    + " pool's own jar, the number of jars it needs besides, and all of them together.",
            List.of(
                    low("bytesPerConnection", "bytes per idle connection", 0),
                    low("bytesPerPool", "bytes per pool", 0),
                    low("startUp", "start-up (ms)", 0),
                    low("jar", "jar (kB)", 0),
                    plain("dependencies", "dependencies", 0),
                    low("jars", "all jars (kB)", 0))) {
        @Override
        List<Trial> trials() {
            return List.of(
                    new ScenarioTrial(Scenario.FOOTPRINT)
                            // The serial and the parallel collector leave dead things behind where there are few.
                            .withJvmArguments(
                                    "-XX:+UseG1GC",
                                    "-XX:SoftRefLRUPolicyMSPerMB=0",
                                    "-Dcom.zaxxer.hikari.blockUntilFilled=true")
                            .forAll(),
                    new ScenarioTrial(Scenario.START_UP).forAll());
        }
    },
    POSTGRES(
            "PostgreSQL 18",
            "A real server on the same machine, 4 connections: `select 1` with autocommit, and a transaction that reads and updates a row."
                    + " Milliseconds are of the whole cycle, from getting the connection to closing it.",
            List.of(high("throughput", "cycles/s", 0), plain("p50", "p50 (ms)", 2), low("p99", "p99 (ms)", 2))) {
        @Override
        List<Trial> trials() {
            return List.of(new ScenarioTrial(Scenario.POSTGRES).only(NAIAD, HIKARI, AGROAL, TOMCAT));
        }
    };

    private final String title;
    private final String text;
    private final List<Metric> metrics;

    Group(String title, String text, List<Metric> metrics) {
        this.title = title;
        this.text = text;
        this.metrics = metrics;
    }

    private static List<Metric> micro() {
        return List.of(low("time", "ns/op", 1), low("bytes", "bytes/op", 0));
    }

    abstract List<Trial> trials();

    String title() {
        return title;
    }

    String text() {
        return text;
    }

    List<Metric> metrics() {
        return metrics;
    }

    /** For file names and the command line. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
