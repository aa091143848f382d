/** The Naiad connection pool. */
module dev.naiad.pool {
    requires transitive java.sql;
    requires org.slf4j;
    requires static java.management;
    requires static jdk.jfr;
    requires static org.jspecify;
    requires static org.junit.jupiter.api;

    exports dev.naiad.pool;
    exports dev.naiad.pool.diagnose;
    exports dev.naiad.pool.dialect;
    exports dev.naiad.pool.driver;

    provides java.sql.Driver with
            dev.naiad.pool.driver.ManagedDriver;

    uses java.sql.Driver;

    exports dev.naiad.pool.intercept;
    exports dev.naiad.pool.testing;
}
