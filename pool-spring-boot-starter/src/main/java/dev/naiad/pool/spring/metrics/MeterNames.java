/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

/** Whose names the meters have; see {@link PoolMeter}. */
public enum MeterNames {
    /** The pool's own: always. */
    NAIAD("pool"),
    /** HikariCP's, so that dashboards made for it go on working. */
    HIKARI("pool"),
    /** Those of OpenTelemetry's semantic conventions for database clients. */
    OPEN_TELEMETRY("db.client.connection.pool.name");

    private final String poolTag;

    MeterNames(String poolTag) {
        this.poolTag = poolTag;
    }

    /** The tag that has the pool's name. */
    String poolTag() {
        return poolTag;
    }
}
