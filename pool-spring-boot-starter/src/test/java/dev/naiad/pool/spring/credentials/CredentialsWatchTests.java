/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.TestPostgres;
import dev.naiad.pool.spring.autoconfigure.NaiadAutoConfiguration;
import dev.naiad.pool.spring.registry.PoolRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** With a server that checks passwords, and a directory as Kubernetes makes it. */
class CredentialsWatchTests {

    @TempDir
    private Path directory;

    private final ApplicationContextRunner unmounted = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
            .withPropertyValues("spring.datasource.type=" + NaiadDataSource.class.getName());

    private ApplicationContextRunner runner;

    @BeforeEach
    void mount() throws Exception {
        execute("drop role if exists mounted", "create role mounted login password 'first'");
        mount("mounted", "first");
        runner = unmounted.withPropertyValues(
                "spring.datasource.url=" + TestPostgres.url(), "naiad.credentials-directory=" + directory);
    }

    /** The files are links through one link, which is replaced in one step. */
    private void mount(String username, String password) throws IOException {
        Path data = Files.createTempDirectory(directory, "..");
        Files.writeString(data.resolve("username"), username);
        Files.writeString(data.resolve("password"), password + "\n");
        Path next = directory.resolve("..data_tmp");
        Files.createSymbolicLink(next, data.getFileName());
        Files.move(next, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        for (String file : new String[] {"username", "password"}) {
            if (!Files.exists(directory.resolve(file))) {
                Files.createSymbolicLink(directory.resolve(file), Path.of("..data", file));
            }
        }
    }

    private static void execute(String... statements) throws SQLException {
        try (Connection connection = TestPostgres.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static void assertServes(NaiadDataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.getMetaData().getUserName()).isEqualTo("mounted");
        }
    }

    @Test
    void connectionsAreReplacedWhenTheFilesChange() {
        runner.run(context -> {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            CredentialsWatch watch = context.getBean(CredentialsWatch.class);
            assertServes(dataSource);
            watch.check();
            assertThat(dataSource.pool().snapshot().checkedIn())
                    .as("nothing has changed")
                    .isEqualTo(1);

            execute("alter role mounted password 'second'");
            mount("mounted", "second");
            watch.check();
            assertThat(dataSource.pool().snapshot().checkedIn()).isZero();
            assertServes(dataSource);
            watch.check();
            assertThat(dataSource.pool().snapshot().checkedIn()).isEqualTo(1);
        });
    }

    @Test
    void connectionsAreKeptUntilTheNewCredentialsWork() {
        runner.run(context -> {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            CredentialsWatch watch = context.getBean(CredentialsWatch.class);
            assertServes(dataSource);
            mount("mounted", "early");
            watch.check();
            assertThat(dataSource.pool().snapshot().checkedIn()).isEqualTo(1);
            assertServes(dataSource);

            execute("alter role mounted password 'early'");
            watch.check();
            assertThat(dataSource.pool().snapshot().checkedIn()).isZero();
            assertServes(dataSource);
        });
    }

    @Test
    void looksByItselfWhileTheApplicationRuns() {
        runner.run(context -> {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            CredentialsWatch watch = new CredentialsWatch(context.getBean(PoolRegistry.class), Duration.ofMillis(5));
            assertServes(dataSource);
            watch.start();
            execute("alter role mounted password 'second'");
            mount("mounted", "second");
            await().until(() -> dataSource.pool().snapshot().checkedIn() == 0);
            watch.stop();
            assertThat(watch.isRunning()).isFalse();
            assertServes(dataSource);
        });
    }

    @Test
    void namedPoolHasItsOwnDirectory() {
        unmounted
                .withPropertyValues(
                        "spring.datasource.url=jdbc:h2:mem:unmounted",
                        "naiad.pools.archive.url=" + TestPostgres.url(),
                        "naiad.pools.archive.credentials-directory=" + directory)
                .run(context -> {
                    assertServes(context.getBean("archiveDataSource", NaiadDataSource.class));
                    assertThat(context.getBean("dataSource", NaiadDataSource.class)
                                    .getConfig()
                                    .credentials())
                            .isNull();
                });
    }

    @Test
    void directoryWithoutPasswordStopsTheApplication() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        runner.withPropertyValues("naiad.credentials-directory=" + empty)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .satisfies(e -> assertThat(e).isInstanceOf(IOException.class)));
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> new MountedCredentials(empty, null))
                .satisfies(e -> assertThat(e.setting()).isEqualTo("credentials_directory"));
    }

    @Test
    void userIsThatOfThePropertiesIfThereIsNoFile() throws Exception {
        Path secret = Files.createDirectory(directory.resolve("secret"));
        Files.writeString(secret.resolve("password"), "first");
        runner.withPropertyValues(
                        "spring.datasource.username=mounted",
                        "spring.datasource.password=not-used",
                        "naiad.credentials-directory=" + secret)
                .run(context -> assertServes(context.getBean(NaiadDataSource.class)));
    }
}
