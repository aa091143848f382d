/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.micro;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What no pool can go below: a place for each thread, taken and given back by compare-and-set, and an object handed out. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Floor {

    /** The only place of its thread. */
    @State(Scope.Thread)
    public static class Place {

        private final AtomicInteger taken = new AtomicInteger();
    }

    private record Handle(Place place, Object connection) {

        void close() {
            place.taken.compareAndSet(1, 0);
        }
    }

    @Benchmark
    public Object connection(Place place) throws SQLException {
        if (!place.taken.compareAndSet(0, 1)) {
            throw new SQLException("taken");
        }
        Handle handle = new Handle(place, place.taken);
        handle.close();
        return handle;
    }
}
