/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolClosedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The pools of the {@link ManagedDriver}, each made by the first who asks for it.
 *
 * <p>The map holds a place for each pool, put there before the pool is made. So a pool is made once, outside of the map's
 * locks, while others who want the same wait for it, and those who want another do not. A place whose pool could not be made
 * is removed before the failure is known to those who wait: each of them then tries for itself.
 */
final class ManagedPools {

    private final AtomicLong lastNumber = new AtomicLong();
    private final ConcurrentMap<PoolKey, Place> places = new ConcurrentHashMap<>();

    /** The pool for the arguments; made now if there is none. */
    Pool pool(ConnectArguments arguments) {
        return place(arguments).dataSource.join().pool();
    }

    Connection connect(ConnectArguments arguments) throws SQLException {
        Place place = place(arguments);
        try {
            return place.connect();
        } catch (PoolClosedException e) {
            if (!places.remove(arguments.key(), place)) {
                throw e; // disposed of meanwhile
            }
            place.close(); // it was closed by other hands
        }
        return place(arguments).connect();
    }

    private Place place(ConnectArguments wanted) {
        PoolKey key = wanted.key();
        while (true) {
            Place present = places.get(key);
            if (present == null) {
                Place added = new Place(wanted);
                present = places.putIfAbsent(key, added);
                if (present == null) {
                    fill(key, added);
                    return added;
                }
            }
            if (present.await()) {
                wanted.requireSettingsOf(present.origin);
                return present;
            }
        }
    }

    private void fill(PoolKey key, Place place) {
        try {
            place.dataSource.complete(place.origin.build("managed-" + lastNumber.incrementAndGet()));
        } catch (Throwable e) {
            places.remove(key, place);
            place.dataSource.completeExceptionally(e);
            throw e;
        }
    }

    /** The pools there are. */
    List<Pool> present() {
        return places.values().stream()
                .map(Place::dataSourceIfPresent)
                .flatMap(Optional::stream)
                .map(NaiadDataSource::pool)
                .toList();
    }

    /** Closes a pool and forgets it; false if there is none. */
    boolean dispose(PoolKey key) {
        Place place = places.remove(key);
        if (place == null) {
            return false;
        }
        place.close();
        return true;
    }

    /** Closes all pools, at the same time because each may wait for its connections, and forgets them. */
    void clear() {
        List<CompletableFuture<Void>> closings = new ArrayList<>();
        places.forEach((key, place) -> {
            if (places.remove(key, place)) {
                closings.add(CompletableFuture.runAsync(
                        place::close, closing -> new Thread(closing, "naiad-managed-close").start()));
            }
        });
        CompletableFuture.allOf(closings.toArray(CompletableFuture[]::new)).join();
    }

    /** Where a pool is, or is being made. */
    private static final class Place {

        final ConnectArguments origin;
        final CompletableFuture<NaiadDataSource> dataSource = new CompletableFuture<>();

        Place(ConnectArguments origin) {
            this.origin = origin;
        }

        /** Waits until the pool has been made; false if that failed, which is reported to whoever tried. */
        boolean await() {
            try {
                dataSource.join();
                return true;
            } catch (CompletionException e) {
                return false;
            }
        }

        Optional<NaiadDataSource> dataSourceIfPresent() {
            return dataSource.isDone() && !dataSource.isCompletedExceptionally()
                    ? Optional.of(dataSource.join())
                    : Optional.empty();
        }

        Connection connect() throws SQLException {
            return dataSource.join().getConnection();
        }

        void close() {
            if (await()) {
                dataSource.join().close();
            }
        }
    }
}
