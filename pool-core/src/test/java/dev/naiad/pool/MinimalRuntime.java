/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** A program for a JVM of its own: a pool at work, with a timeout, a ping and a sweep. Its arguments are modules that are not to be there. */
final class MinimalRuntime {

    private MinimalRuntime() {}

    public static void main(String[] arguments) throws SQLException {
        for (String module : arguments) {
            if (ModuleLayer.boot().findModule(module).isPresent()) {
                throw new IllegalStateException("There is a module " + module + ".");
            }
        }
        try (QueuePool pool = new QueuePool(new StubDatabase()
                .settings()
                .poolSize(1)
                .maxOverflow(0)
                .timeout(Duration.ZERO)
                .registerMbeans(true)
                .build())) {
            Connection held = pool.connect();
            try {
                pool.connect();
            } catch (PoolTimeoutException expected) {
                pool.sweep();
            }
            held.close();
            pool.suspectAll();
            pool.connect().close();
        }
        System.out.println("worked without " + String.join(" and ", arguments));
    }
}
