/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.lang.reflect.Proxy;
import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.spi.InitialContextFactory;
import javax.sql.DataSource;

/** A naming service that knows one data source. Made by name, hence public; told by a static field, as JNDI will have it. */
public final class TestNaming implements InitialContextFactory {

    static final String NAME = "java:comp/env/jdbc/shop";

    static volatile DataSource bound;

    @Override
    public Context getInitialContext(Hashtable<?, ?> environment) {
        return (Context) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Context.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("lookup") && NAME.equals(String.valueOf(arguments[0]))) {
                        return bound;
                    }
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    throw new NameNotFoundException(method.getName());
                });
    }
}
