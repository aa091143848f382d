/** Pools for whoever gets connections from {@link java.sql.DriverManager}: a driver for {@code jdbc:naiad:<JDBC URL>}. */
@NullMarked
package dev.naiad.pool.driver;

import org.jspecify.annotations.NullMarked;
