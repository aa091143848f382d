/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StubDatabase} whose driver does one thing wrong: one call, on every second connection, the first time it is made
 * there. Attempts to open a connection go wrong every third time.
 */
final class FaultyDatabase implements ConnectionFactory {

    /** What a call does in place of what it is for. */
    enum Fault {
        FATAL_SQL_EXCEPTION,
        OTHER_SQL_EXCEPTION,
        RUNTIME_EXCEPTION,
        ERROR,
        /** Until {@link #release()}; the call is made then. At most two at a time, so that others can go on. */
        HANG,
        /** The call is made a little later. */
        SLOW,
        /** Null is returned and the call not made. */
        NULL
    }

    private static final int MOST_HANGING = 2;

    final StubDatabase stub = new StubDatabase();
    final AtomicInteger injected = new AtomicInteger();

    /** The threads in a call that hangs. */
    final Set<Thread> hanging = ConcurrentHashMap.newKeySet();

    /** Connections on which the call threw while {@link #isReset} held. */
    final Set<Object> spoiled = ConcurrentHashMap.newKeySet();

    /** Whether the present thread is giving a connection back. */
    volatile BooleanSupplier isReset = () -> false;

    private final String call;
    private final Fault fault;
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger hangs = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile boolean well;

    FaultyDatabase(String call, Fault fault) {
        this.call = call;
        this.fault = fault;
    }

    /** Ends what hangs. */
    void release() {
        released.countDown();
    }

    /** From now on nothing goes wrong. */
    void recover() {
        well = true;
        release();
    }

    @Override
    public @Nullable Connection open(ConnectionPoolEntry entry) throws SQLException {
        int attempt = attempts.incrementAndGet();
        AtomicBoolean isDone = new AtomicBoolean(attempt % 3 != 0);
        if (isInjected("open", isDone, this)) {
            return null;
        }
        return faulty(Connection.class, stub.open(entry), "", attempt % 2 == 0);
    }

    private <T> T faulty(Class<T> type, T real, String prefix, boolean wrong) {
        AtomicBoolean isDone = new AtomicBoolean(!wrong);
        return type.cast(Proxy.newProxyInstance(
                FaultyDatabase.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("equals")) {
                        return proxy == arguments[0];
                    }
                    if (isInjected(prefix + method.getName(), isDone, proxy)) {
                        return null;
                    }
                    Object answer = made(method, real, arguments);
                    if (answer instanceof Statement statement && prefix.isEmpty()) {
                        return faulty(asStatement(method.getReturnType()), statement, "statement.", wrong);
                    }
                    return answer;
                }));
    }

    private static @Nullable Object made(Method method, Object real, Object @Nullable [] arguments) throws Throwable {
        try {
            return real instanceof Connection && method.getName().equals("isReadOnly")
                    ? Boolean.FALSE // of which the stub knows nothing
                    : method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @SuppressWarnings("unchecked")
    private static Class<Statement> asStatement(Class<?> type) {
        return (Class<Statement>) type;
    }

    /** True if the call is to be left out and to return null. */
    private boolean isInjected(String name, AtomicBoolean isDone, Object where) throws SQLException {
        if (well || !name.equals(call) || !isDone.compareAndSet(false, true)) {
            return false;
        }
        injected.incrementAndGet();
        if (isReset.getAsBoolean() && fault.compareTo(Fault.HANG) < 0) {
            spoiled.add(where);
        }
        switch (fault) {
            case FATAL_SQL_EXCEPTION -> throw new SQLException("injected", "08006");
            case OTHER_SQL_EXCEPTION -> throw new SQLException("injected", "58000");
            case RUNTIME_EXCEPTION -> throw new IllegalStateException("injected");
            case ERROR -> throw new NoSuchMethodError("injected");
            case SLOW -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            case HANG -> hang();
            case NULL -> {
                return true;
            }
        }
        return false;
    }

    private void hang() {
        if (hangs.incrementAndGet() <= MOST_HANGING) {
            hanging.add(Thread.currentThread());
            TestSupport.awaitUninterruptibly(released);
            hanging.remove(Thread.currentThread());
        }
    }
}
