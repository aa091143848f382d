/**
 * What a pool lends out in place of the driver's objects: delegates for {@link java.sql.Connection}, the statements,
 * {@link java.sql.ResultSet}, {@link java.sql.DatabaseMetaData} and {@link java.sql.Array}, with the list of what is
 * still open and the session state to put back. Most of it is written by {@code DelegateGenerator} during the build.
 */
@NullMarked
package dev.naiad.pool.jdbc;

import org.jspecify.annotations.NullMarked;
