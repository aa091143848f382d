/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NaiadDataSourceTests {

    private static NaiadDataSource.Builder h2() {
        return NaiadDataSource.builder().url("jdbc:h2:mem:naiad").username("sa").password("");
    }

    @Test
    void lendsConnectionsToTheDatabase() throws SQLException {
        try (NaiadDataSource dataSource = h2().poolSize(2).name("shop").build();
                Connection connection = dataSource.getConnection();
                var results = connection.createStatement().executeQuery("select 6 * 7")) {
            assertThat(results.next()).isTrue();
            assertThat(results.getInt(1)).isEqualTo(42);
            assertThat(dataSource.pool().snapshot().checkedOut()).isEqualTo(1);
            assertThat(dataSource.pool().name()).isEqualTo("shop");
        }
    }

    @Test
    void aBuilderRefusesWrongSettingsAtOnce() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> NaiadDataSource.builder().build());
    }

    @Test
    void asABeanItStartsWithTheFirstConnection() throws SQLException {
        try (NaiadDataSource dataSource = new NaiadDataSource()) {
            dataSource.setUrl("jdbc:h2:mem:bean");
            dataSource.setUsername("sa");
            dataSource.setPassword("");
            dataSource.setDriverClassName("org.h2.Driver");
            dataSource.configure(settings -> settings.poolSize(3));
            assertThat(dataSource.isStarted()).isFalse();
            assertThat(dataSource).hasToString("NaiadDataSource 'default' (not started)");

            dataSource.getConnection().close();

            assertThat(dataSource.isStarted()).isTrue();
            assertThat(dataSource.pool().config().poolSize()).isEqualTo(3);
            assertThat(dataSource.getUrl()).isEqualTo("jdbc:h2:mem:bean");
            assertThat(dataSource.getUsername()).isEqualTo("sa");
            assertThat(dataSource.getPassword()).isEmpty();
            assertThat(dataSource.getDriverClassName()).isEqualTo("org.h2.Driver");
            assertThatThrownBy(() -> dataSource.setUrl("jdbc:h2:mem:other"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Pool 'default' has started; its settings are fixed.");
        }
    }

    @Test
    void aBeanWithoutUrlSaysSoAsAnSqlException() {
        assertThatExceptionOfType(SQLNonTransientConnectionException.class)
                .isThrownBy(() -> new NaiadDataSource().getConnection())
                .withMessageContaining("for url. Allowed: a JDBC URL such as");
    }

    @Test
    void afterCloseItLendsNothing() throws SQLException {
        NaiadDataSource started = h2().build();
        started.getConnection().close();
        started.close();
        started.close();
        assertThatExceptionOfType(PoolClosedException.class).isThrownBy(started::getConnection);

        NaiadDataSource neverStarted = new NaiadDataSource();
        neverStarted.setUrl("jdbc:h2:mem:never");
        neverStarted.close();
        assertThatExceptionOfType(PoolClosedException.class).isThrownBy(neverStarted::getConnection);
    }

    @Test
    void unwrapsToItselfAndToItsPool() throws SQLException {
        try (NaiadDataSource dataSource = h2().build()) {
            assertThat(dataSource.unwrap(DataSource.class)).isSameAs(dataSource);
            assertThat(dataSource.unwrap(PoolDataSource.class)).isSameAs(dataSource);
            assertThat(dataSource.unwrap(QueuePool.class)).isSameAs(dataSource.pool());
            assertThat(dataSource.isWrapperFor(NaiadDataSource.class)).isTrue();
            assertThat(dataSource.isWrapperFor(Pool.class)).isTrue();
            assertThat(dataSource.isWrapperFor(NullPool.class)).isFalse();
            assertThatThrownBy(() -> dataSource.unwrap(String.class)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void poolsOtherThanTheDefaultServeToo() throws SQLException {
        try (NaiadDataSource dataSource = h2().poolClass(NullPool::new).build()) {
            dataSource.getConnection().close();
            assertThat(dataSource.pool()).isInstanceOf(NullPool.class);
            assertThat(dataSource.pool().snapshot().closed()).containsEntry(CloseReason.NOT_POOLED, 1L);
        }
    }

    @Test
    void refusesWhatAPoolHasNoMeaningFor() {
        NaiadDataSource dataSource = h2().build();
        assertThatThrownBy(() -> dataSource.getConnection("other", "user"))
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessageContaining("one data source for each user");
        assertThatThrownBy(() -> dataSource.setLoginTimeout(3)).isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThat(dataSource.getLoginTimeout()).isZero();
        dataSource.close();
    }
}
