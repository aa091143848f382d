/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The way to a {@link StubDatabase} for those who only know a URL: {@code jdbc:stub:anything}. */
public final class StubDatabaseDriver implements Driver {

    /** What a connection was asked for with. */
    public record Request(String url, Map<String, String> properties) {}

    public static final String URL = "jdbc:stub:";

    private final StubDatabase database = new StubDatabase();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Runnable beforeAccepting = () -> {};
    private volatile @Nullable SQLException refusal;

    /** Needs registering. */
    public StubDatabaseDriver() {}

    /** Runs when the driver is asked for its opinion of one of its URLs. */
    public void beforeAccepting(Runnable action) {
        beforeAccepting = action;
    }

    /** Opens no more connections. */
    public void refuse(SQLException refusal) {
        this.refusal = refusal;
    }

    public List<Request> requests() {
        return requests;
    }

    public List<String> journal() {
        return database.journal;
    }

    public int open() {
        return database.open.get();
    }

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        if (!url.startsWith(URL)) {
            return null;
        }
        requests.add(new Request(
                url, info.stringPropertyNames().stream().collect(Collectors.toMap(name -> name, info::getProperty))));
        if (refusal != null) {
            throw refusal;
        }
        return database.open(null);
    }

    @Override
    public boolean acceptsURL(@Nullable String url) {
        boolean accepted = url != null && url.startsWith(URL);
        if (accepted) {
            beforeAccepting.run();
        }
        return accepted;
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
        return new DriverPropertyInfo[] {new DriverPropertyInfo("stub", info.getProperty("stub"))};
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }
}
