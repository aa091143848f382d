/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Four processes with a pool each on one PostgreSQL: what the server sees of start, recycling and roll-over. */
@Timeout(120)
class FleetTests {

    private static final int MEMBERS = 4;
    private static final int ROLLED_OVER = 2;

    /** Connections that a pool has closed and a slow network has not yet seen go: one for each place. */
    private static final int UNNOTICED = (MEMBERS + 1) * FleetMember.SIZE;

    private static final Path PGBOUNCER = Path.of("/usr/sbin/pgbouncer");

    @TempDir
    private Path directory;

    private final List<FleetMember> members = new ArrayList<>();
    private final List<FleetMember.Account> accounts = new ArrayList<>();
    private EmbeddedPostgres server;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedPostgres.builder().start();
    }

    @AfterEach
    void stop() throws IOException {
        members.forEach(FleetMember::kill);
        server.close();
    }

    @Test
    void aFleetRecyclesAndRollsOverWithoutAStorm() throws Exception {
        live("straight", server.getPort(), "");
    }

    @Test
    void throughPgBouncerInTransactionMode() throws Exception {
        assumeTrue(Files.isExecutable(PGBOUNCER), PGBOUNCER + " is not installed");
        int port = freePort();
        Process bouncer = startPgBouncer(port);
        try {
            await().until(() -> isListening(port));
            live("through PgBouncer", port, "&prepareThreshold=0");
        } finally {
            bouncer.destroy();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** As nobody, since it refuses to run as root. */
    private Process startPgBouncer(int port) throws IOException {
        Path settings = directory.resolve("pgbouncer.ini");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(settings, """
                [databases]
                postgres = user=postgres host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = 10
                ignore_startup_parameters = extra_float_digits
                """.formatted(server.getPort(), port));
        List<String> command = new ArrayList<>(List.of(PGBOUNCER.toString()));
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(settings.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("pgbouncer.log").toFile())
                .start();
    }

    private void live(String how, int port, String parameters) throws Exception {
        Ledger ledger = new Ledger(server.getJdbcUrl("postgres", "postgres"));
        try (Wire wire = new Wire(port)) {
            String url = "jdbc:postgresql://127.0.0.1:" + wire.port() + "/postgres?user=postgres" + parameters;
            for (int i = 0; i < MEMBERS; i++) {
                members.add(FleetMember.start(url, i));
            }
            for (FleetMember member : members) {
                member.awaitStart();
            }
            int full = MEMBERS * FleetMember.SIZE;
            // Recycling: everybody's connections end between one and two seconds after they were opened.
            int begin = wire.connects();
            long beginTime = System.nanoTime();
            await().atMost(Duration.ofSeconds(30)).until(() -> wire.connects() >= begin + full);
            int recycled = wire.connects() - begin;
            // One was under way when counting began, and may be counted late.
            long lives = 2 + (System.nanoTime() - beginTime) / FleetMember.SHORTEST_LIFE.toNanos();
            // How many fall together is a figure only: a machine that stalls bunches them. QueuePoolTests shows that
            // lives are spread.
            Figures.note(
                    "fleet %s: recycling %d connections, at most %d within 100 ms, %d within a second",
                    how,
                    full,
                    wire.mostConnectsWithin(Duration.ofMillis(100), begin),
                    wire.mostConnectsWithin(Duration.ofSeconds(1), begin));
            // Roll-over: one after the other is replaced by a newer one, which refreshes its connections on top of it.
            for (int i = 0; i < ROLLED_OVER; i++) {
                FleetMember newer = FleetMember.start(url, MEMBERS + i);
                members.add(newer);
                newer.awaitStart();
                newer.refresh();
                accounts.add(members.get(i).stop());
            }
            for (FleetMember member : members.subList(ROLLED_OVER, MEMBERS + ROLLED_OVER)) {
                accounts.add(member.stop());
            }
            Figures.note(
                    "fleet %s: %d connects in all, at most %d within 100 ms, %d open at most",
                    how, wire.connects(), wire.mostConnectsWithin(Duration.ofMillis(100), 0), wire.mostOpen());
            Figures.plot("fleet " + how + ": connects per second", wire.connectsPerSecond());

            assertThat((long) recycled)
                    .as("connects of %d places within %d lives", full, lives)
                    .isLessThanOrEqualTo(full * lives);
            assertThat(wire.mostOpen()).as("open at once").isLessThanOrEqualTo(full + FleetMember.SIZE + UNNOTICED);
        }
        assertThat(accounts)
                .allSatisfy(account -> assertThat(account.failures()).isEqualTo("{}[]"));
        int confirmed =
                accounts.stream().mapToInt(FleetMember.Account::confirmed).sum();
        assertThat(ledger.entries()).hasSize(confirmed);
    }
}
