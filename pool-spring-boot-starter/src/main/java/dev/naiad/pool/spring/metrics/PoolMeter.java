/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

import dev.naiad.pool.CloseReason;
import dev.naiad.pool.PoolSnapshot;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Every meter of a pool: its name, what it says, and where its value comes from. Gauges and counters are read from totals that the
 * pool keeps anyway, so they cost something only when they are read; for timers see {@link PoolTimer}.
 */
public enum PoolMeter {
    ACTIVE(
            MeterNames.NAIAD,
            "naiad.connections.active",
            "Connections in use or being opened",
            PoolSnapshot::checkedOut),
    IDLE(MeterNames.NAIAD, "naiad.connections.idle", "Connections nobody uses", PoolSnapshot::idle),
    OPENING(MeterNames.NAIAD, "naiad.connections.opening", "Connections being opened", PoolSnapshot::opening),
    OVERFLOW(
            MeterNames.NAIAD,
            "naiad.connections.overflow",
            "Connections open beyond the pool size",
            now -> Math.max(0, now.overflow())),
    SIZE(MeterNames.NAIAD, "naiad.connections.size", "Connections kept; 0 means no limit", PoolSnapshot::poolSize),
    LIMIT(
            MeterNames.NAIAD,
            "naiad.connections.limit",
            "Most connections open at a time; -1 means no limit",
            PoolMeter::limit),
    WAITING(MeterNames.NAIAD, "naiad.connections.waiting", "Callers waiting for a connection", PoolSnapshot::waiting),
    OPENED(MeterNames.NAIAD, "naiad.connections.opened", "Connections opened", counter(PoolSnapshot::opened)),
    OPEN_FAILURES(
            MeterNames.NAIAD,
            "naiad.connections.open.failures",
            "Attempts to open a connection that failed",
            counter(PoolSnapshot::openFailures)),
    TIMEOUTS(
            MeterNames.NAIAD,
            "naiad.connections.timeouts",
            "Callers that waited for a connection in vain",
            counter(PoolSnapshot::timeouts)),
    LEFT_OPEN(
            MeterNames.NAIAD,
            "naiad.connections.left.open",
            "Connections that came back with a transaction open",
            counter(PoolSnapshot::leftOpen)),
    LOST(
            MeterNames.NAIAD,
            "naiad.connections.lost",
            "Connections dropped without being closed",
            counter(PoolSnapshot::lost)),
    CHECKOUTS(MeterNames.NAIAD, "naiad.connections.checkouts", "Connections lent", counter(PoolSnapshot::checkouts)),
    NESTED(
            MeterNames.NAIAD,
            "naiad.connections.nested",
            "Callers that had to wait while their thread held a connection",
            counter(PoolSnapshot::nested)),
    DEADLOCKS(
            MeterNames.NAIAD,
            "naiad.connections.deadlocks",
            "Times when all connections were held by threads that waited for another one",
            counter(PoolSnapshot::deadlocks)),
    HELD_TOO_LONG(
            MeterNames.NAIAD,
            "naiad.connections.held.too.long",
            "Connections held unused for longer than the hold limit",
            counter(PoolSnapshot::heldTooLong)),
    CLOSED(
            MeterNames.NAIAD,
            "naiad.connections.closed",
            "Connections closed, by reason",
            Arrays.stream(CloseReason.values())
                    .map(reason -> new Series(
                            Meter.Type.COUNTER,
                            Tags.of("reason", reason.name().toLowerCase(Locale.ROOT)),
                            now -> now.closed().getOrDefault(reason, 0L)))
                    .toList()),
    WAIT_TIME(
            MeterNames.NAIAD,
            "naiad.connections.wait",
            "Time that callers waited who found nothing idle",
            PoolTimer.WAIT),
    OPEN_TIME(MeterNames.NAIAD, "naiad.connections.open", "Time it took to open connections", PoolTimer.OPEN),
    HOLD_TIME(MeterNames.NAIAD, "naiad.connections.hold", "Time that connections were lent", PoolTimer.HOLD),
    RESET_TIME(
            MeterNames.NAIAD,
            "naiad.connections.reset",
            "Time it took to make returned connections fit for the next borrower",
            PoolTimer.RESET),

    HIKARI_CONNECTIONS(MeterNames.HIKARI, "hikaricp.connections", "Total connections", now -> now.idle() + now.inUse()),
    HIKARI_IDLE(MeterNames.HIKARI, "hikaricp.connections.idle", "Idle connections", PoolSnapshot::idle),
    HIKARI_ACTIVE(MeterNames.HIKARI, "hikaricp.connections.active", "Active connections", PoolSnapshot::inUse),
    HIKARI_PENDING(MeterNames.HIKARI, "hikaricp.connections.pending", "Pending threads", PoolSnapshot::waiting),
    HIKARI_MAX(MeterNames.HIKARI, "hikaricp.connections.max", "Max connections", PoolMeter::limit),
    HIKARI_MIN(MeterNames.HIKARI, "hikaricp.connections.min", "Min connections", PoolSnapshot::minIdle),
    HIKARI_TIMEOUT(
            MeterNames.HIKARI,
            "hikaricp.connections.timeout",
            "Connection timeout total count",
            counter(PoolSnapshot::timeouts)),
    HIKARI_ACQUIRE(MeterNames.HIKARI, "hikaricp.connections.acquire", "Connection acquire time", PoolTimer.WAIT),
    HIKARI_CREATION(MeterNames.HIKARI, "hikaricp.connections.creation", "Connection creation time", PoolTimer.OPEN),
    HIKARI_USAGE(MeterNames.HIKARI, "hikaricp.connections.usage", "Connection usage time", PoolTimer.HOLD),

    OTEL_COUNT(
            MeterNames.OPEN_TELEMETRY,
            "db.client.connection.count",
            "Connections in the state the tag says",
            List.of(
                    new Series(Meter.Type.GAUGE, Tags.of("db.client.connection.state", "idle"), PoolSnapshot::idle),
                    new Series(Meter.Type.GAUGE, Tags.of("db.client.connection.state", "used"), PoolSnapshot::inUse))),
    OTEL_IDLE_MAX(
            MeterNames.OPEN_TELEMETRY,
            "db.client.connection.idle.max",
            "Most connections kept open idle; 0 means no limit",
            PoolSnapshot::poolSize),
    OTEL_IDLE_MIN(
            MeterNames.OPEN_TELEMETRY,
            "db.client.connection.idle.min",
            "Fewest connections kept idle",
            PoolSnapshot::minIdle),
    OTEL_MAX(
            MeterNames.OPEN_TELEMETRY,
            "db.client.connection.max",
            "Most connections open at a time; -1 means no limit",
            PoolMeter::limit),
    OTEL_PENDING(
            MeterNames.OPEN_TELEMETRY,
            "db.client.connection.pending_requests",
            "Callers waiting for a connection",
            PoolSnapshot::waiting),
    OTEL_TIMEOUTS(
            MeterNames.OPEN_TELEMETRY,
            "db.client.connection.timeouts",
            "Callers that waited for a connection in vain",
            counter(PoolSnapshot::timeouts)),
    OTEL_WAIT_TIME(
            MeterNames.OPEN_TELEMETRY,
            "db.client.connection.wait_time",
            "Time that callers waited who found nothing idle",
            PoolTimer.WAIT),
    OTEL_CREATE_TIME(
            MeterNames.OPEN_TELEMETRY,
            "db.client.connection.create_time",
            "Time it took to open connections",
            PoolTimer.OPEN),
    OTEL_USE_TIME(
            MeterNames.OPEN_TELEMETRY,
            "db.client.connection.use_time",
            "Time that connections were lent",
            PoolTimer.HOLD);

    private final MeterNames scheme;
    private final String meterName;
    private final String description;
    private final List<Series> series;
    private final @Nullable PoolTimer timer;

    PoolMeter(MeterNames scheme, String meterName, String description, ToDoubleFunction<PoolSnapshot> gauge) {
        this(scheme, meterName, description, List.of(new Series(Meter.Type.GAUGE, Tags.empty(), gauge)));
    }

    PoolMeter(MeterNames scheme, String meterName, String description, Series series) {
        this(scheme, meterName, description, List.of(series));
    }

    PoolMeter(MeterNames scheme, String meterName, String description, List<Series> series) {
        this(scheme, meterName, description, series, null);
    }

    PoolMeter(MeterNames scheme, String meterName, String description, PoolTimer timer) {
        this(scheme, meterName, description, List.of(), timer);
    }

    PoolMeter(MeterNames scheme, String meterName, String description, List<Series> series, @Nullable PoolTimer timer) {
        this.timer = timer;
        this.scheme = scheme;
        this.meterName = meterName;
        this.description = description;
        this.series = series;
    }

    private static Series counter(ToDoubleFunction<PoolSnapshot> value) {
        return new Series(Meter.Type.COUNTER, Tags.empty(), value);
    }

    private static double limit(PoolSnapshot now) {
        return now.limit().orElse(-1);
    }

    /** Whose names it belongs to; it is there only if that scheme is switched on. */
    public MeterNames scheme() {
        return scheme;
    }

    /** The name, as Micrometer has it. */
    public String meterName() {
        return meterName;
    }

    /** What it counts or measures, as registries show it. */
    public String description() {
        return description;
    }

    /** None if it is a timer. */
    List<Series> series() {
        return series;
    }

    /** What is timed, if it is a timer. */
    public @Nullable PoolTimer timer() {
        return timer;
    }

    /**
     * What is measured under the name.
     *
     * @param type a gauge or a counter
     * @param tags besides that of the pool
     */
    record Series(Meter.Type type, Tags tags, ToDoubleFunction<PoolSnapshot> value) {}
}
