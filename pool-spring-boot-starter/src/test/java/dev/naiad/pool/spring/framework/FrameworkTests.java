/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.framework;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.TestPostgres;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ibatis.cursor.Cursor;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.SqlSessionFactory;
import org.flywaydb.core.Flyway;
import org.hibernate.jpa.HibernateHints;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mybatis.spring.SqlSessionFactoryBean;
import org.mybatis.spring.SqlSessionTemplate;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.data.jdbc.repository.config.AbstractJdbcConfiguration;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** The frameworks that most connections are borrowed by. None of them may notice the pool, nor leave a trace in it. */
@Timeout(120)
class FrameworkTests {

    private static final int MANY = 200;

    private NaiadDataSource dataSource;

    @BeforeEach
    void migrate() throws SQLException {
        try (Connection connection = TestPostgres.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema if exists framework cascade");
            statement.execute("create schema framework");
        }
        dataSource = NaiadDataSource.builder()
                .url(TestPostgres.url() + "?currentSchema=framework&ApplicationName=framework")
                .username("postgres")
                .poolSize(2)
                .maxOverflow(0)
                .build();
        flyway().migrate();
    }

    @AfterEach
    void nothingIsLeftBehind() throws SQLException {
        assertThat(dataSource.pool().snapshot().checkedOut()).isZero();
        assertThat(dataSource.pool().snapshot().leftOpen()).isZero();
        try (Connection admin = TestPostgres.connect();
                Statement statement = admin.createStatement();
                ResultSet results = statement.executeQuery("select count(*) from pg_stat_activity"
                        + " where application_name = 'framework' and state <> 'idle'")) {
            results.next();
            assertThat(results.getInt(1)).isZero();
        }
        try (Connection one = dataSource.getConnection();
                Connection two = dataSource.getConnection()) {
            for (Connection connection : List.of(one, two)) {
                assertThat(connection.getAutoCommit()).isTrue();
                assertThat(connection.isReadOnly()).isFalse();
                assertThat(connection.getSchema()).isEqualTo("framework");
                assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
            }
        }
        dataSource.close();
    }

    private Flyway flyway() {
        return Flyway.configure()
                .dataSource(dataSource)
                .defaultSchema("framework")
                .locations("classpath:framework-migration")
                .load();
    }

    /** Has the inner work committed, and the outer fail. */
    private void nest(PlatformTransactionManager manager, Consumer<String> outer, Consumer<String> inner) {
        TransactionTemplate outerTransaction = new TransactionTemplate(manager);
        outerTransaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        TransactionTemplate innerTransaction = new TransactionTemplate(manager);
        innerTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        assertThatThrownBy(() -> outerTransaction.executeWithoutResult(status -> {
                    outer.accept("lost");
                    innerTransaction.executeWithoutResult(innerStatus -> {
                        assertThat(dataSource.pool().snapshot().checkedOut()).isEqualTo(2);
                        inner.accept("kept");
                    });
                    throw new IllegalStateException("after all");
                }))
                .hasMessage("after all");
    }

    private static TransactionTemplate readOnly(PlatformTransactionManager manager) {
        TransactionTemplate transaction = new TransactionTemplate(manager);
        transaction.setReadOnly(true);
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
        return transaction;
    }

    private List<String> titles() throws SQLException {
        try (Connection connection = TestPostgres.connect();
                Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(
                        "select coalesce(string_agg(title, ',' order by id), '') from framework.book")) {
            results.next();
            return List.of(results.getString(1).split(","));
        }
    }

    @Test
    void flywayMigratesAndRepairs() throws SQLException {
        assertThat(titles()).containsExactly("Herodotus");
        assertThat(flyway().info().applied()).hasSize(2);
        flyway().validate();
        flyway().repair();
        assertThat(flyway().migrate().migrationsExecuted).isZero();
    }

    @Test
    void hibernateWorks() throws SQLException {
        LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
        factory.setDataSource(dataSource);
        factory.setManagedTypes(PersistenceManagedTypes.of(Book.class.getName()));
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.getJpaPropertyMap().put("hibernate.jdbc.batch_size", 20);
        factory.afterPropertiesSet();
        try {
            hibernateWorks(factory.getObject());
        } finally {
            factory.destroy();
        }
    }

    private void hibernateWorks(EntityManagerFactory factory) throws SQLException {
        JpaTransactionManager manager = new JpaTransactionManager(factory);
        EntityManager entities = SharedEntityManagerCreator.createSharedEntityManager(factory);
        nest(
                manager,
                title -> {
                    entities.persist(new Book(2, title));
                    entities.flush();
                },
                title -> entities.persist(new Book(3, title)));
        assertThat(titles()).containsExactly("Herodotus", "kept");

        new TransactionTemplate(manager).executeWithoutResult(status -> {
            for (int i = 0; i < MANY; i++) {
                Book book = new Book(100 + i, "many");
                book.cover = new byte[] {1, 2, 3};
                book.scan = new byte[10_000];
                entities.persist(book);
            }
        });
        readOnly(manager).executeWithoutResult(status -> {
            try (Stream<Book> books = entities.createQuery("from Book where id >= 100 order by id", Book.class)
                    .setHint(HibernateHints.HINT_FETCH_SIZE, 10)
                    .getResultStream()) {
                assertThat(books.filter(book -> book.scan.length == 10_000).count())
                        .isEqualTo(MANY);
            }
        });
    }

    @Test
    void jooqWorks() throws SQLException {
        JdbcTransactionManager manager = new JdbcTransactionManager(dataSource);
        DSLContext dsl = DSL.using(new TransactionAwareDataSourceProxy(dataSource), SQLDialect.POSTGRES);
        nest(manager, title -> insert(dsl, 2, title), title -> insert(dsl, 3, title));
        assertThat(titles()).containsExactly("Herodotus", "kept");

        DSLContext own = DSL.using(dataSource, SQLDialect.POSTGRES);
        own.transaction(outer -> {
            insert(outer.dsl(), 4, "outer");
            assertThatThrownBy(() -> outer.dsl().transaction(inner -> {
                        insert(inner.dsl(), 5, "inner");
                        throw new IllegalStateException("back to the savepoint");
                    }))
                    .hasMessage("back to the savepoint");
            for (int i = 0; i < MANY; i++) {
                insert(outer.dsl(), 100 + i, "many");
            }
        });
        readOnly(manager).executeWithoutResult(status -> {
            try (Stream<Record> rows = dsl.resultQuery("select id, cover from book where cover is not null")
                    .fetchSize(10)
                    .fetchStream()) {
                assertThat(rows.filter(row -> row.get("cover", byte[].class).length == 3)
                                .count())
                        .isEqualTo(MANY + 2);
            }
        });
    }

    private static void insert(DSLContext dsl, long id, String title) {
        dsl.query("insert into book (id, title, cover) values (?, ?, ?)", id, title, new byte[] {1, 2, 3})
                .execute();
    }

    @Test
    void myBatisWorks() throws Exception {
        JdbcTransactionManager manager = new JdbcTransactionManager(dataSource);
        SqlSessionFactoryBean bean = new SqlSessionFactoryBean();
        bean.setDataSource(dataSource);
        bean.setConfiguration(new Configuration());
        SqlSessionFactory factory = bean.getObject();
        factory.getConfiguration().addMapper(BookMapper.class);
        SqlSessionTemplate session = new SqlSessionTemplate(factory);
        BookMapper books = session.getMapper(BookMapper.class);
        nest(manager, title -> books.add(2, title, null), title -> books.add(3, title, new byte[50_000]));
        assertThat(titles()).containsExactly("Herodotus", "kept");
        assertThat(books.coverSize(3)).isEqualTo(50_000);

        new TransactionTemplate(manager).executeWithoutResult(status -> {
            for (int i = 0; i < MANY; i++) {
                books.add(100 + i, "many", null);
            }
        });
        readOnly(manager).executeWithoutResult(status -> {
            Cursor<String> titles = books.titles();
            assertThat(titles).hasSize(MANY + 2);
        });
    }

    @EnableJdbcRepositories(considerNestedRepositories = true)
    static class DataJdbc extends AbstractJdbcConfiguration {

        private final NaiadDataSource dataSource;

        DataJdbc(NaiadDataSource dataSource) {
            this.dataSource = dataSource;
        }

        @Bean
        NamedParameterJdbcOperations operations() {
            return new NamedParameterJdbcTemplate(dataSource);
        }

        @Bean
        PlatformTransactionManager transactionManager() {
            return new JdbcTransactionManager(dataSource);
        }
    }

    @Test
    void springDataJdbcWorks() throws SQLException {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            // No bean of the context: that would be closed with it.
            context.registerBean(DataJdbc.class, () -> new DataJdbc(dataSource));
            context.refresh();
            PlatformTransactionManager manager = context.getBean(PlatformTransactionManager.class);
            BookRows books = context.getBean(BookRows.class);
            nest(
                    manager,
                    title -> books.save(new BookRow(2L, title, null)),
                    title -> books.save(new BookRow(3L, title, new byte[50_000])));
            assertThat(titles()).containsExactly("Herodotus", "kept");
            assertThat(books.findById(3L))
                    .hasValueSatisfying(book -> assertThat(book.cover()).hasSize(50_000));

            readOnly(manager).executeWithoutResult(status -> {
                try (Stream<BookRow> rows = books.streamAll()) {
                    assertThat(rows.map(BookRow::title)).containsExactly("Herodotus", "kept");
                }
            });
        }
    }
}
