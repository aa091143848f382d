/** What differs from database to database: how to end a transaction, end a connection, and tell that one is dead. */
@NullMarked
package dev.naiad.pool.dialect;

import org.jspecify.annotations.NullMarked;
