/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;

/** One changeable property of a session, with how to read and write it; declared in the order of restoring. */
@NullUnmarked // a catalog or schema may be null, the other values are not: one signature cannot say both
enum SessionProperty {
    AUTO_COMMIT(true, Connection::getAutoCommit, (raw, value) -> raw.setAutoCommit((Boolean) value)),
    READ_ONLY(true, Connection::isReadOnly, (raw, value) -> raw.setReadOnly((Boolean) value)),
    ISOLATION(false, Connection::getTransactionIsolation, (raw, value) -> raw.setTransactionIsolation((Integer) value)),
    CATALOG(false, Connection::getCatalog, (raw, value) -> raw.setCatalog((String) value)),
    SCHEMA(false, Connection::getSchema, (raw, value) -> raw.setSchema((String) value)),
    HOLDABILITY(true, Connection::getHoldability, (raw, value) -> raw.setHoldability((Integer) value)),
    NETWORK_TIMEOUT(
            true, Connection::getNetworkTimeout, (raw, value) -> raw.setNetworkTimeout(Runnable::run, (Integer) value)),

    /** Copied both ways, since a map that the driver lends out, or was given, may be changed behind its back. */
    TYPE_MAP(false, raw -> copy(raw.getTypeMap()), (raw, value) -> raw.setTypeMap(copy(value)));

    private static final SessionProperty[] ALL = values();

    static final int COUNT = ALL.length;

    /** Those of all. */
    static final int BITS = (1 << COUNT) - 1;

    final int bit = 1 << ordinal();

    /**
     * Whether the value stays until the setter is called again. Catalog, schema and isolation do not: SQL text such as
     * {@code USE other} changes them, and so may the rollback of the transaction in which they were set.
     */
    final boolean lasting;

    private final Reading reading;
    private final Writing writing;

    SessionProperty(boolean lasting, Reading reading, Writing writing) {
        this.lasting = lasting;
        this.reading = reading;
        this.writing = writing;
    }

    static SessionProperty at(int ordinal) {
        return ALL[ordinal];
    }

    Object read(Connection raw) throws SQLException {
        return reading.read(raw);
    }

    void write(Connection raw, Object value) throws SQLException {
        writing.write(raw, value);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Class<?>> copy(Object map) {
        return map == null ? new HashMap<>() : new HashMap<>((Map<String, Class<?>>) map);
    }

    @FunctionalInterface
    private interface Reading {
        Object read(Connection raw) throws SQLException;
    }

    @FunctionalInterface
    private interface Writing {
        void write(Connection raw, Object value) throws SQLException;
    }
}
