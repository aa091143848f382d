/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.contender;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.naiad.pool.stub.Pause;
import dev.naiad.pool.stub.StubDriver;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/** The pools. */
public enum Contender {
    NAIAD("Naiad", NaiadPeer::new),
    HIKARI("HikariCP 7.1.0", HikariPeer::new),
    AGROAL("Agroal 3.2.1", AgroalPeer::new),
    VIBUR("Vibur 26.0", ViburPeer::new),
    TOMCAT("Tomcat JDBC 11.0.25", TomcatPeer::new),
    DBCP2("DBCP2 2.14.0", Dbcp2Peer::new),
    C3P0("c3p0 0.14.1", C3p0Peer::new),
    DRUID("Druid 1.2.28", DruidPeer::new),
    UCP("UCP 23.26.4", UcpPeer::new);

    static {
        // Logging is the application's; it is set up before anything is measured, and says little.
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    }

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String title;
    private final Supplier<Peer> peer;

    Contender(String title, Supplier<Peer> peer) {
        this.title = title;
        this.peer = peer;
    }

    public String title() {
        return title;
    }

    /** An open pool. It may still be empty. */
    public DataSource open(PoolSpec spec) throws Exception {
        return peer.get().open(spec);
    }

    /** An open pool that holds as many connections as it keeps at least. */
    public DataSource openFilled(PoolSpec spec) throws Exception {
        int before = StubDriver.opened();
        DataSource pool = open(spec);
        if (peer.get().opensAhead() && spec.isStub()) {
            awaitOpened(before + spec.idle());
        }
        fill(pool, spec.idle());
        return pool;
    }

    /** Asked for connections while it opens some by itself, Agroal now and then serves nobody until the time is out. */
    private static void awaitOpened(int connections) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (StubDriver.opened() < connections && System.nanoTime() - end < 0) {
            Pause.forMicros(1_000);
        }
    }

    /** Makes a pool open that many connections. */
    public static void fill(DataSource pool, int connections) throws Exception {
        List<Connection> borrowed = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            borrowed.add(pool.getConnection());
        }
        for (Connection connection : borrowed) {
            connection.close();
        }
    }

    public void close(DataSource pool) throws Exception {
        peer.get().close(pool);
    }

    /** A class of each jar it needs, its own first. */
    public List<Class<?>> jars() {
        return peer.get().jars();
    }
}
