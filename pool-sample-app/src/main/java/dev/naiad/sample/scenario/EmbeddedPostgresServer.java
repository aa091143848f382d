/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL of one's own, unpacked from a jar, with its data in a temporary directory. It is there before the pool, which asks it
 * where to connect, and goes after it.
 */
@Component
@Profile("postgres-embedded")
class EmbeddedPostgresServer implements DatabaseSwitch, JdbcConnectionDetails, AutoCloseable {

    private static final String USER = "postgres";

    private final ReentrantLock lock = new ReentrantLock();
    private final Path directory;
    private final int port;
    private @Nullable EmbeddedPostgres server;

    EmbeddedPostgresServer() throws IOException {
        directory = Files.createTempDirectory("naiad-shop-");
        EmbeddedPostgres started = builder().start();
        server = started;
        port = started.getPort();
    }

    private EmbeddedPostgres.Builder builder() {
        return EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(false);
    }

    @Override
    public void down() throws IOException {
        lock.lock();
        try {
            EmbeddedPostgres running = server;
            if (running != null) {
                running.close();
                server = null;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void up() throws IOException {
        lock.lock();
        try {
            if (server == null) {
                server = builder().setPort(port).start();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String means() {
        return "The PostgreSQL server is really stopped and started.";
    }

    @Override
    public void close() throws IOException {
        down();
        FileSystemUtils.deleteRecursively(directory);
    }

    @Override
    public String getJdbcUrl() {
        return "jdbc:postgresql://localhost:" + port + "/postgres";
    }

    @Override
    public String getUsername() {
        return USER;
    }

    /** Whatever it is: the server trusts whoever comes from this machine. */
    @Override
    public String getPassword() {
        return USER;
    }
}
