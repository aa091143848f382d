/** The Naiad connection pool. */
module dev.naiad.pool {
    requires transitive java.sql;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.naiad.pool;
    exports dev.naiad.pool.dialect;
}
