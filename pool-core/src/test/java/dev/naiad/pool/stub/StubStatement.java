/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.stub;

import java.lang.reflect.Constructor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;

/** Takes its time with each execution and has one result set, of one row, for all of them. */
public abstract class StubStatement implements PreparedStatement {

    private static final Constructor<? extends StubStatement> CONSTRUCTOR =
            Completed.constructorOf(StubStatement.class, Connection.class, long.class);

    private final Connection connection;
    private final long queryMicros;
    private final StubResultSet results;

    @SuppressWarnings("this-escape") // which uses nothing of it yet
    protected StubStatement(Connection connection, long queryMicros) {
        this.connection = connection;
        this.queryMicros = queryMicros;
        results = StubResultSet.of(this);
    }

    static StubStatement of(Connection connection, long queryMicros) {
        return Completed.create(CONSTRUCTOR, connection, queryMicros);
    }

    @Override
    public final Connection getConnection() {
        return connection;
    }

    @Override
    public final ResultSet executeQuery() {
        Pause.forMicros(queryMicros);
        return results.rewound();
    }

    @Override
    public final ResultSet executeQuery(String sql) {
        return executeQuery();
    }

    @Override
    public final int executeUpdate() {
        Pause.forMicros(queryMicros);
        return 1;
    }

    @Override
    public final int executeUpdate(String sql) {
        return executeUpdate();
    }

    @Override
    public final boolean execute() {
        Pause.forMicros(queryMicros);
        return false;
    }

    @Override
    public final boolean execute(String sql) {
        return execute();
    }
}
