/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.naiad.pool.NaiadDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.Driver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** An application that is not to start without a connection. */
@Timeout(60)
class FirstConnectionTests {

    private final AtomicInteger attempts = new AtomicInteger();

    /** The first attempts fail. */
    private ApplicationContextRunner runner(int failing, String sqlState) {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
                .withBean(
                        ConnectionFactoryCustomizer.class,
                        () -> (factory, config) -> entry -> {
                            if (attempts.incrementAndGet() <= failing) {
                                throw new SQLException("not yet", sqlState);
                            }
                            return factory.open(entry);
                        })
                .withPropertyValues(
                        "spring.datasource.type=" + NaiadDataSource.class.getName(),
                        "spring.datasource.driver-class-name=" + Driver.class.getName(),
                        "spring.datasource.url=jdbc:h2:mem:first");
    }

    @Test
    void isTriedAgainUntilTheDatabaseIsThere() {
        runner(2, "08001")
                .withPropertyValues("naiad.initialization-fail-timeout=30")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(attempts).hasValue(3);
                    assertThat(context.getBean(NaiadDataSource.class).pool().snapshot())
                            .satisfies(now -> assertThat(now.checkedIn()).isEqualTo(1))
                            .satisfies(now -> assertThat(now.opened()).isEqualTo(1));
                });
    }

    @Test
    void isTriedOnceIfThereIsNoTime() {
        runner(9, "08001")
                .withPropertyValues("naiad.initialization_fail_timeout=0")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessage("not yet"));
        assertThat(attempts).hasValue(1);
    }

    @Test
    void isNotTriedAgainWithCredentialsThatWereRefused() {
        runner(9, "28000")
                .withPropertyValues("naiad.initialization-fail-timeout=30")
                .run(context -> assertThat(context).hasFailed());
        assertThat(attempts).hasValue(1);
    }

    @Test
    void isNotNeededUnlessAskedFor() {
        runner(9, "08001").run(context -> assertThat(context).hasNotFailed());
        runner(9, "08001")
                .withPropertyValues("naiad.initialization-fail-timeout=-1")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(attempts).hasValue(0);
    }

    @Test
    void aNamedPoolHasItsOwnTimeOrThatOfAll() {
        runner(9, "08001")
                .withPropertyValues(
                        "naiad.initialization-fail-timeout=0",
                        "naiad.pools.archive.url=jdbc:h2:mem:archive",
                        "naiad.pools.archive.initialization-fail-timeout=-1",
                        "naiad.pools.archive.primary=true")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean("archiveDataSource", NaiadDataSource.class)
                                    .isStarted())
                            .isTrue();
                });
        assertThat(attempts).hasValue(0);
        runner(9, "08001")
                .withPropertyValues(
                        "naiad.initialization-fail-timeout=0",
                        "naiad.pools.archive.url=jdbc:h2:mem:archive",
                        "naiad.pools.archive.primary=true")
                .run(context -> assertThatExceptionOfType(FirstConnectionException.class)
                        .isThrownBy(() -> {
                            throw (Exception) context.getStartupFailure().getCause();
                        })
                        .satisfies(e -> assertThat(e.wanted())
                                .isEqualTo(new FirstConnection("naiad.initialization-fail-timeout", Duration.ZERO))));
        assertThat(attempts).hasValue(1);
    }
}
