/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts whole applications, environment post-processors included. */
public final class Applications {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private Applications() {}

    /** A {@link TestApplication} with properties like {@code "naiad.pool-size=3"}. */
    public static ConfigurableApplicationContext run(String... properties) {
        return run(List.of(), properties);
    }

    /** As above, with more configuration classes. */
    public static ConfigurableApplicationContext run(List<Class<?>> more, String... properties) {
        List<Class<?>> sources = new ArrayList<>(more);
        sources.add(TestApplication.class);
        return new SpringApplication(sources.toArray(Class<?>[]::new))
                .run(Arrays.stream(properties).map(property -> "--" + property).toArray(String[]::new));
    }

    /** The property for a new in-memory database. */
    public static String newDatabase() {
        return "spring.datasource.url=jdbc:h2:mem:test" + DATABASES.incrementAndGet();
    }

    /** These properties and one for a new database. */
    public static String[] withDatabase(String... properties) {
        return Stream.concat(Stream.of(newDatabase()), Stream.of(properties)).toArray(String[]::new);
    }
}
