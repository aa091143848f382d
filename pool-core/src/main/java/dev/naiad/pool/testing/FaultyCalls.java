/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stands before one physical connection and all that is opened through it. */
final class FaultyCalls {

    /** What a driver hands out, the most special first. */
    private static final List<Class<?>> KINDS = List.of(
            CallableStatement.class,
            PreparedStatement.class,
            Statement.class,
            ResultSet.class,
            DatabaseMetaData.class,
            Connection.class);

    private static final Set<String> ALLOWED_WHEN_CUT = Set.of("close", "isClosed", "abort", "unwrap", "isWrapperFor");

    private final FaultyConnectionFactory factory;
    private final Connection proxy;
    private volatile boolean cut;

    private FaultyCalls(Connection raw, FaultyConnectionFactory factory) {
        this.factory = factory;
        this.proxy = (Connection) before(raw, Connection.class);
    }

    static Connection around(Connection raw, FaultyConnectionFactory factory) {
        FaultyCalls calls = new FaultyCalls(raw, factory);
        factory.opened(calls);
        return calls.proxy;
    }

    void cut() {
        cut = true;
    }

    private Object before(Object raw, Class<?> kind) {
        InvocationHandler handler = (self, method, arguments) -> call(self, raw, method, arguments);
        return Proxy.newProxyInstance(FaultyCalls.class.getClassLoader(), new Class<?>[] {kind}, handler);
    }

    @SuppressWarnings("ReferenceEquality") // a proxy equals itself only
    private @Nullable Object call(Object self, Object raw, Method method, Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> arguments != null && self == arguments[0];
                case "hashCode" -> System.identityHashCode(self);
                default -> "Faulty " + raw;
            };
        }
        String name = method.getName();
        if (cut && name.equals("isValid")) {
            return false;
        }
        if (cut && !ALLOWED_WHEN_CUT.contains(name)) {
            throw new SQLException("The connection was cut (a fault made for this test)", "08006");
        }
        factory.strike(new FaultyConnectionFactory.Call(name));
        if (raw instanceof Connection && (name.equals("close") || name.equals("abort"))) {
            factory.closed(this);
        }
        try {
            return wrapped(method.invoke(raw, arguments), method);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private @Nullable Object wrapped(@Nullable Object result, Method method) {
        if (result == null || method.getName().equals("unwrap")) {
            return result;
        }
        for (Class<?> kind : KINDS) {
            if (kind.isInstance(result) && method.getReturnType().isAssignableFrom(kind)) {
                return kind == Connection.class ? proxy : before(result, kind);
            }
        }
        return result;
    }
}
