/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolDataSource;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.PoolListener;
import dev.naiad.pool.PoolTimeoutException;
import dev.naiad.pool.spring.autoconfigure.NaiadAutoConfiguration;
import dev.naiad.pool.spring.registry.PoolRegistry;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class PoolObservationsTests {

    private final List<String> observed = new ArrayList<>();
    private final ObservationRegistry registry = ObservationRegistry.create();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
            .withBean(ObservationRegistry.class, () -> registry)
            .withPropertyValues(
                    "spring.datasource.type=" + NaiadDataSource.class.getName(),
                    "spring.datasource.url=jdbc:h2:mem:observed",
                    "naiad.name=shop",
                    "naiad.pool-size=1",
                    "naiad.max-overflow=0",
                    "naiad.timeout=0");

    PoolObservationsTests() {
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public void onStop(Observation.Context context) {
                String parent = context.getParentObservation() == null
                        ? "nobody"
                        : context.getParentObservation().getContextView().getName();
                String error = context.getError() == null
                        ? ""
                        : " failed: " + context.getError().getClass().getSimpleName();
                observed.add(context.getName() + " of " + parent + " "
                        + context.getAllKeyValues().stream()
                                .map(KeyValue::getValue)
                                .collect(Collectors.joining("|"))
                        + error);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
    }

    @Test
    void nothingIsObservedUnlessAskedFor() {
        runner.run(context -> {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            try (Connection connection = dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("select 1");
            }
            assertThat(observed).isEmpty();
            assertThat(dataSource.getConfig().interceptors()).isEmpty();
        });
    }

    @Test
    void statementsAreChildrenOfWhatIsCurrent() {
        runner.withPropertyValues("naiad.observations.statements=true").run(context -> {
            DataSource dataSource = context.getBean(NaiadDataSource.class);
            Observation.createNotStarted("request", registry)
                    .<SQLException>observeChecked(() -> useStatements(dataSource));
            assertThat(observed)
                    .containsExactly(
                            "naiad.statement of request shop|CREATE|create table item (id int)",
                            "naiad.statement of request shop|INSERT|/* all */ insert into item values (?)",
                            "naiad.statement of request shop|2|INSERT|insert into item values (?)",
                            "naiad.statement of request shop|SELECT|select x from nowhere failed: "
                                    + "JdbcSQLSyntaxErrorException",
                            "request of nobody ");
        });
    }

    private static void useStatements(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table item (id int)");
            try (PreparedStatement insert = connection.prepareStatement("/* all */ insert into item values (?)")) {
                insert.setInt(1, 42);
                insert.executeUpdate();
            }
            try (PreparedStatement insert = connection.prepareStatement("insert into item values (?)")) {
                for (int i = 0; i < 2; i++) {
                    insert.setInt(1, i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> statement.executeQuery("select x from nowhere"));
        }
    }

    @Test
    void checkoutsAreCurrentWhileTheyLast() {
        List<String> current = new ArrayList<>();
        runner.withPropertyValues("naiad.observations.checkouts=true")
                .withBean(PoolListener.class, () -> new PoolListener() {
                    @Override
                    public void checkout(PoolEvent.Checkout event) {
                        current.add(registry.getCurrentObservation()
                                .getContextView()
                                .getName());
                    }
                })
                .run(context -> {
                    DataSource dataSource = context.getBean(DataSource.class);
                    Observation.createNotStarted("request", registry).<SQLException>observeChecked(() -> {
                        try (Connection held = dataSource.getConnection()) {
                            assertThat(held.isClosed()).isFalse();
                            assertThatExceptionOfType(PoolTimeoutException.class)
                                    .isThrownBy(dataSource::getConnection);
                        }
                    });
                    assertThat(current).containsExactly("naiad.checkout");
                    assertThat(observed)
                            .containsExactly(
                                    "naiad.checkout of request shop",
                                    "naiad.checkout of request shop failed: PoolTimeoutException",
                                    "request of nobody ");
                });
    }

    @Test
    void poolBehindTheProxyIsFoundAndClosed() {
        NaiadDataSource[] found = new NaiadDataSource[1];
        runner.withPropertyValues("naiad.observations.checkouts=true", "naiad.pools.archive.url=jdbc:h2:mem:archive")
                .run(context -> {
                    found[0] = DataSourceUnwrapper.unwrap(
                            context.getBean(DataSource.class), PoolDataSource.class, NaiadDataSource.class);
                    assertThat(found[0].getConfig().name()).isEqualTo("shop");
                    assertThat(context.getBean(PoolRegistry.class).pools())
                            .extracting(pool -> pool.name())
                            .containsExactlyInAnyOrder("shop", "archive");
                });
        assertThatExceptionOfType(SQLException.class).isThrownBy(found[0]::getConnection);
    }

    @Test
    void withoutRegistryNothingIsObserved() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
                .withPropertyValues(
                        "spring.datasource.type=" + NaiadDataSource.class.getName(),
                        "spring.datasource.url=jdbc:h2:mem:observed",
                        "naiad.observations.checkouts=true",
                        "naiad.observations.statements=true")
                .run(context -> {
                    try (Connection connection =
                                    context.getBean(DataSource.class).getConnection();
                            Statement statement = connection.createStatement()) {
                        assertThat(statement.execute("select 1")).isTrue();
                    }
                });
    }
}
