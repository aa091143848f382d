package com.example.jooq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jooq.test.autoconfigure.JooqTest;

@JooqTest
class JooqSliceTests {

    @Test
    void sliceUsesThePoolWithItsSettings(@Autowired DataSource dataSource, @Autowired DSLContext jooq) {
        assertThat(dataSource)
                .isInstanceOfSatisfying(
                        NaiadDataSource.class,
                        naiad -> assertThat(naiad.getConfig().poolSize()).isEqualTo(3));
        assertThat(jooq.dialect()).isEqualTo(SQLDialect.H2);
        assertThat(jooq.fetchValue("select 42")).isEqualTo(42);
    }
}
