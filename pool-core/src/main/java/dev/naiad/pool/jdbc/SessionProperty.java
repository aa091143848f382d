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
    AUTO_COMMIT(true),
    READ_ONLY(true),
    ISOLATION(false),
    CATALOG(false),
    SCHEMA(false),
    HOLDABILITY(true),
    NETWORK_TIMEOUT(true),
    TYPE_MAP(false);

    private static final SessionProperty[] ALL = values();

    static final int COUNT = ALL.length;

    /** Those of all. */
    static final int BITS = (1 << COUNT) - 1;

    /** Those that are not {@link #lasting}. */
    static final int PASSING_BITS = ISOLATION.bit | CATALOG.bit | SCHEMA.bit | TYPE_MAP.bit;

    final int bit = 1 << ordinal();

    /**
     * Whether the value stays until the setter is called again. Catalog, schema and isolation do not: SQL text such as
     * {@code USE other} changes them, and so may the rollback of the transaction in which they were set.
     */
    final boolean lasting;

    SessionProperty(boolean lasting) {
        this.lasting = lasting;
    }

    static SessionProperty at(int ordinal) {
        return ALL[ordinal];
    }

    /** Whether the value stays at least until something else is called. A map may change in its user's hands. */
    boolean staysAwhile() {
        return this != TYPE_MAP;
    }

    Object read(Connection raw) throws SQLException {
        return switch (this) {
            case AUTO_COMMIT -> raw.getAutoCommit();
            case READ_ONLY -> raw.isReadOnly();
            case ISOLATION -> raw.getTransactionIsolation();
            case CATALOG -> raw.getCatalog();
            case SCHEMA -> raw.getSchema();
            case HOLDABILITY -> raw.getHoldability();
            case NETWORK_TIMEOUT -> raw.getNetworkTimeout();
            case TYPE_MAP -> copy(raw.getTypeMap());
        };
    }

    void write(Connection raw, Object value) throws SQLException {
        switch (this) {
            case AUTO_COMMIT -> raw.setAutoCommit((Boolean) value);
            case READ_ONLY -> raw.setReadOnly((Boolean) value);
            case ISOLATION -> raw.setTransactionIsolation((Integer) value);
            case CATALOG -> raw.setCatalog((String) value);
            case SCHEMA -> raw.setSchema((String) value);
            case HOLDABILITY -> raw.setHoldability((Integer) value);
            case NETWORK_TIMEOUT -> raw.setNetworkTimeout(Runnable::run, (Integer) value);
            case TYPE_MAP -> raw.setTypeMap(copy(value));
        }
    }

    /** A map that the driver lends out, or was given, may be changed behind its back. */
    @SuppressWarnings("unchecked")
    private static Map<String, Class<?>> copy(Object map) {
        return map == null ? new HashMap<>() : new HashMap<>((Map<String, Class<?>>) map);
    }
}
