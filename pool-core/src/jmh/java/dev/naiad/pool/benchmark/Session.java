/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.scenario.Work;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the trials of a run share. */
final class Session implements AutoCloseable {

    private final Form form;
    private final long unitsPerMicro = Work.unitsPerMicro();
    private @Nullable EmbeddedPostgres postgres;

    Session(Form form) {
        this.form = form;
    }

    Form form() {
        return form;
    }

    /** Measured once, so that the same work is done with every pool. */
    long unitsPerMicro() {
        return unitsPerMicro;
    }

    /** A server of its own, started when it is first asked for. */
    String postgresUrl() throws IOException {
        EmbeddedPostgres present = postgres;
        if (present == null) {
            present = EmbeddedPostgres.start();
            postgres = present;
        }
        return present.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public void close() throws IOException {
        EmbeddedPostgres present = postgres;
        if (present != null) {
            present.close();
        }
    }
}
