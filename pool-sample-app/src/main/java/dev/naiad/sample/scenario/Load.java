/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** Requests made by several threads, each one after the other, and how they fared. Figures may be asked for at any time. */
final class Load {

    private final Run run;
    private final long requests;
    private final Duration rest;
    private final Runnable request;
    private final long start = System.nanoTime();
    private final AtomicLong begun = new AtomicLong();
    private final LongAdder served = new LongAdder();
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
    private final Latencies latencies = new Latencies();
    private final List<Future<?>> threads = new ArrayList<>();
    private volatile boolean over;
    private volatile long end;

    private Load(Run run, long requests, Duration rest, Runnable request) {
        this.run = run;
        this.requests = requests;
        this.rest = rest;
        this.request = request;
    }

    /** So many requests altogether, as fast as they are answered. */
    static Load of(Run run, int threads, long requests, Runnable request) {
        return new Load(run, requests, Duration.ZERO, request).begin(threads);
    }

    /** Requests until {@link #finish()}, with a rest after each. */
    static Load endless(Run run, int threads, Duration rest, Runnable request) {
        return new Load(run, Long.MAX_VALUE, rest, request).begin(threads);
    }

    private Load begin(int count) {
        Callable<?> loop = () -> {
            while (!over && !run.isStopRequested() && begun.getAndIncrement() < requests) {
                makeOne();
                if (!rest.isZero()) {
                    run.pause(rest);
                }
            }
            return null;
        };
        for (int i = 0; i < count; i++) {
            threads.add(run.crew().start(loop));
        }
        return this;
    }

    private void makeOne() {
        long before = System.nanoTime();
        try {
            request.run();
            served.increment();
        } catch (RuntimeException e) { // a customer who is turned away comes again
            failures.computeIfAbsent(Causes.kind(e), kind -> new LongAdder()).increment();
        }
        latencies.add(Duration.ofNanos(System.nanoTime() - before));
    }

    /** Waits until all requests have been made, or the run is to stop. */
    void await() throws InterruptedException {
        for (Future<?> thread : threads) {
            try {
                thread.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("A customer has given up", e.getCause());
            }
        }
        end = System.nanoTime();
    }

    /** Makes no further requests, and waits for the answers to those that have been made. */
    void finish() throws InterruptedException {
        over = true;
        await();
    }

    /** Which part of the requests has been answered. */
    double progress() {
        return (double) (served.sum() + failed()) / requests;
    }

    private long failed() {
        return failures.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** How many were served and how many were not, and why; how fast; how long customers waited for their answers. */
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        long until = end == 0 ? System.nanoTime() : end;
        figures.put("served", served.sum());
        figures.put("failed", failed());
        figures.put("perSecond", Math.round(10 * served.sum() / ((until - start) / 1e9)) / 10.0);
        figures.put("p50Millis", millis(latencies.percentile(50)));
        figures.put("p95Millis", millis(latencies.percentile(95)));
        figures.put("p99Millis", millis(latencies.percentile(99)));
        figures.put("longestMillis", millis(latencies.longest()));
        if (!failures.isEmpty()) {
            figures.put(
                    "failures",
                    failures.entrySet().stream()
                            .collect(Collectors.toMap(
                                    Map.Entry::getKey, entry -> entry.getValue().sum(), Long::sum, TreeMap::new)));
        }
        return figures;
    }

    private static double millis(Duration duration) {
        return Math.round(duration.toNanos() / 1e5) / 10.0;
    }
}
