package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.spring.actuate.PoolsEndpoint;
import dev.naiad.pool.spring.actuate.PoolsHealthContributor;
import dev.naiad.pool.spring.metrics.PoolMetrics;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

@SpringBootTest
class ShopTests {

    @Autowired
    private ApplicationContext context;

    @Autowired
    private DataSource dataSource;

    @Autowired
    private Products products;

    @Test
    void springBootIsTheOneAskedFor() {
        assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("expected.spring-boot"));
    }

    @Test
    void naiadServesAlthoughHikariIsThere() {
        assertThat(ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource", null)).isTrue();
        assertThat(context.getBeansOfType(DataSource.class)).hasSize(1);
        assertThat(dataSource).isInstanceOfSatisfying(NaiadDataSource.class, naiad -> {
            assertThat(naiad.pool()).isInstanceOf(QueuePool.class);
            assertThat(naiad.getConfig().poolSize()).isEqualTo(3);
            assertThat(naiad.getConfig().maxOverflow()).isEqualTo(4);
        });
    }

    @Test
    void migrationAndRepositoryWorkOnThePool(@Autowired Flyway flyway) {
        assertThat(flyway.info().applied()).hasSize(1);
        assertThat(flyway.getConfiguration().getDataSource()).isSameAs(dataSource);
        products.save(new Product("krater"));
        assertThat(products.findByName("krater")).hasSize(1);
        assertThat(products.findByName("amphora")).hasSize(1);
        assertThat(((NaiadDataSource) dataSource).pool().snapshot().checkedOut()).isZero();
    }

    @Test
    void healthAndEndpointAndMetersAreThere(
            @Autowired PoolsHealthContributor health, @Autowired PoolsEndpoint endpoint) {
        assertThat(endpoint.pools()).containsOnlyKeys("dataSource");
        assertThat(health.stream()).hasSize(1);
        assertThat(context.getBeansOfType(PoolMetrics.class)).hasSize(1);
    }
}
