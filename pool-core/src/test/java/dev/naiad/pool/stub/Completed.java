/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.stub;

import java.lang.reflect.Constructor;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * Completes an abstract class of this package: what it leaves abstract returns null, zero or false. The outcome is a plain class
 * as if written by hand, so that calls cost what they cost with a driver.
 */
final class Completed {

    private Completed() {}

    static <T> Constructor<? extends T> constructorOf(Class<T> type, Class<?>... parameters) {
        try {
            return new ByteBuddy()
                    .subclass(type)
                    .name(type.getName() + "$Completed")
                    .method(ElementMatchers.isAbstract())
                    .intercept(StubMethod.INSTANCE)
                    .make()
                    .load(type.getClassLoader(), ClassLoadingStrategy.Default.INJECTION)
                    .getLoaded()
                    .getConstructor(parameters);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    static <T> T create(Constructor<? extends T> constructor, Object... arguments) {
        try {
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
