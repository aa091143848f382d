/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Writes the events of a pool between the entries of its database, in the order in which they happen. Leaves out what is only a
 * remark on another event.
 */
final class Journal {

    private final StubDatabase database;

    Journal(StubDatabase database, Pool... pools) {
        this.database = database;
        for (Pool pool : pools) {
            pool.subscribe(
                    EnumSet.complementOf(
                            EnumSet.of(PoolEvent.Kind.LEFT_OPEN, PoolEvent.Kind.WAITING, PoolEvent.Kind.WAITED)),
                    event -> database.journal.add(nameOf(event)));
        }
    }

    private static String nameOf(PoolEvent event) {
        String name = event.kind().method();
        if (event instanceof PoolEvent.Checkin checkin && checkin.connection() == null) {
            return name + " none";
        }
        if (event instanceof PoolEvent.Reset reset && reset.entry() == null) {
            return name + " none";
        }
        return name;
    }

    /** What was written since the last call. */
    List<String> next() {
        List<String> written = new ArrayList<>(database.journal);
        database.journal.clear();
        return written;
    }
}
