/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Collections;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A driver whose objects do nothing but record each call and answer with a marker value, or with what was asked for by
 * {@link #answer}. An answer that is a JDBC object is a new raw object.
 */
final class StubDriver {
    /** Implemented by every object of the driver, and by nothing else. */
    interface Raw {}

    record Call(Object target, Method method, Object[] arguments) {
        String name() {
            return method.getName();
        }

        @Override
        public String toString() {
            return method.getName() + Arrays.toString(arguments);
        }
    }

    private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<Object> created = Collections.synchronizedList(new ArrayList<>());
    private final Map<Object, Callable<?>> answers = Collections.synchronizedMap(new HashMap<>());

    <T> T create(Class<T> type) {
        InvocationHandler handler = (self, method, arguments) -> {
            Object[] given = arguments == null ? new Object[0] : arguments;
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "equals" -> self == given[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "the driver's " + type.getSimpleName() + " with a secret";
                };
            }
            calls.add(new Call(self, method, given));
            Callable<?> answer = answers.getOrDefault(method, answers.get(method.getName()));
            return answer == null ? marker(method.getReturnType(), 1) : answer.call();
        };
        Class<?>[] interfaces = {type, Raw.class};
        T raw = type.cast(Proxy.newProxyInstance(StubDriver.class.getClassLoader(), interfaces, handler));
        created.add(raw);
        return raw;
    }

    /** The latest object created of this type. */
    <T> T latest(Class<T> type) {
        List<Object> all = List.copyOf(created);
        for (int i = all.size() - 1; i >= 0; i--) {
            if (type.isInstance(all.get(i))) {
                return type.cast(all.get(i));
            }
        }
        throw new AssertionError("No " + type);
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }

    List<String> callNames() {
        return calls().stream().map(Call::name).toList();
    }

    List<String> callTexts() {
        return calls().stream().map(Call::toString).toList();
    }

    void forgetCalls() {
        calls.clear();
    }

    StubDriver answer(String method, @Nullable Object value) {
        answers.put(method, () -> value);
        return this;
    }

    StubDriver answerBy(String method, Callable<?> answer) {
        answers.put(method, answer);
        return this;
    }

    StubDriver fail(Object methodOrName, Throwable failure) {
        answers.put(methodOrName, () -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        });
        return this;
    }

    void behave() {
        answers.clear();
    }

    /** A value of the type that differs from those with other seeds as far as the type allows. */
    @Nullable
    Object marker(Class<?> type, int seed) {
        Map<Class<?>, Object> markers = new HashMap<>();
        markers.put(boolean.class, seed % 2 == 1);
        markers.put(byte.class, (byte) seed);
        markers.put(short.class, (short) seed);
        markers.put(int.class, seed);
        markers.put(long.class, (long) seed);
        markers.put(float.class, (float) seed);
        markers.put(double.class, (double) seed);
        markers.put(String.class, "text " + seed);
        markers.put(Object.class, "object " + seed);
        markers.put(Class.class, Object.class);
        markers.put(BigDecimal.class, BigDecimal.valueOf(seed));
        markers.put(Calendar.class, new GregorianCalendar());
        markers.put(Properties.class, new Properties());
        markers.put(Map.class, new HashMap<>());
        markers.put(java.sql.Date.class, new java.sql.Date(seed));
        markers.put(java.sql.Time.class, new java.sql.Time(seed));
        markers.put(java.sql.Timestamp.class, new java.sql.Timestamp(seed));
        markers.put(java.sql.RowIdLifetime.class, java.sql.RowIdLifetime.ROWID_UNSUPPORTED);
        markers.put(java.sql.SQLWarning.class, new java.sql.SQLWarning());
        markers.put(java.io.InputStream.class, java.io.InputStream.nullInputStream());
        markers.put(java.io.Reader.class, java.io.Reader.nullReader());
        if (type == void.class) {
            return null;
        } else if (type.isArray()) {
            return java.lang.reflect.Array.newInstance(type.getComponentType(), 1);
        } else if (type == java.net.URL.class) {
            try {
                return URI.create("http://localhost/" + seed).toURL();
            } catch (java.net.MalformedURLException e) {
                throw new AssertionError(e);
            }
        }
        Object marker = markers.get(type);
        return marker == null ? create(type) : marker;
    }
}
