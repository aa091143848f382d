/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.stub;

import java.lang.reflect.Constructor;
import java.sql.ResultSet;
import java.sql.Statement;

/** One row. */
public abstract class StubResultSet implements ResultSet {

    private static final Constructor<? extends StubResultSet> CONSTRUCTOR =
            Completed.constructorOf(StubResultSet.class, Statement.class);

    private final Statement statement;
    private boolean atEnd;

    protected StubResultSet(Statement statement) {
        this.statement = statement;
    }

    static StubResultSet of(Statement statement) {
        return Completed.create(CONSTRUCTOR, statement);
    }

    final StubResultSet rewound() {
        atEnd = false;
        return this;
    }

    @Override
    public final Statement getStatement() {
        return statement;
    }

    @Override
    public final boolean next() {
        boolean row = !atEnd;
        atEnd = true;
        return row;
    }

    @Override
    public final int getInt(int column) {
        return 1;
    }
}
