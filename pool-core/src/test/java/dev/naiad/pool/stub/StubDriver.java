/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.stub;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens connections for {@code jdbc:stub:<microseconds to connect>:<microseconds per query>}. */
public final class StubDriver implements Driver {

    private static final String PREFIX = "jdbc:stub:";
    private static final AtomicInteger OPENED = new AtomicInteger();

    static {
        try {
            DriverManager.registerDriver(new StubDriver());
        } catch (SQLException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What {@link #connect} answers to. */
    public static String url(long connectMicros, long queryMicros) {
        return PREFIX + connectMicros + ":" + queryMicros;
    }

    /** Connections opened in this JVM until now. */
    public static int opened() {
        return OPENED.get();
    }

    @Override
    public @Nullable Connection connect(String url, Properties properties) {
        if (!acceptsURL(url)) {
            return null;
        }
        String[] micros = url.substring(PREFIX.length()).split(":");
        OPENED.incrementAndGet();
        Pause.forMicros(Long.parseLong(micros[0]));
        return StubConnection.open(url, Long.parseLong(micros[1]));
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
        return new DriverPropertyInfo[0];
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
        return Logger.getLogger("dev.naiad.pool.stub");
    }
}
