/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.Credentials;
import dev.naiad.pool.CredentialsProvider;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.PoolConfig;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.PoolListener;
import dev.naiad.pool.dialect.Dialect;
import dev.naiad.pool.dialect.DisconnectClassifier;
import dev.naiad.pool.intercept.ExecutionInterceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Beans that take part in what pools do. */
class PoolPartsTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.type=" + NaiadDataSource.class.getName(),
                    "spring.datasource.url=jdbc:h2:mem:parts",
                    "naiad.pools.archive.url=jdbc:h2:mem:archive");

    @Test
    void listenersHearAllPoolsInTheirOrder() {
        runner.withUserConfiguration(Listeners.class).run(context -> {
            for (NaiadDataSource dataSource :
                    context.getBeansOfType(NaiadDataSource.class).values()) {
                dataSource.getConnection().close();
            }
            assertThat(context.getBean(Listeners.class).heard)
                    .containsExactlyInAnyOrder(
                            "first dataSource", "second dataSource", "first archive", "second archive")
                    .containsSubsequence("first dataSource", "second dataSource")
                    .containsSubsequence("first archive", "second archive");
        });
    }

    @Test
    void listenersHearOfTheConnectionsThatAreOpenedWhenThePoolIsMade() {
        AtomicInteger heard = new AtomicInteger();
        runner.withPropertyValues("naiad.warm-up=3")
                .withBean(PoolListener.class, () -> new PoolListener() {
                    @Override
                    public void connect(PoolEvent.Connect event) {
                        heard.incrementAndGet();
                    }
                })
                .run(context -> await().untilAsserted(
                                () -> assertThat(heard).as("of two pools").hasValue(6)));
    }

    @Test
    void listenersHearAPoolThatWasFinishedInCodeOnce() {
        runner.withUserConfiguration(Listeners.class, Finished.class).run(context -> {
            context.getBean("finished", NaiadDataSource.class).getConnection().close();
            assertThat(context.getBean(Listeners.class).heard).containsExactly("first finished", "second finished");
        });
    }

    @Test
    void customizersWrapTheFactoryInTheirOrder() {
        runner.withUserConfiguration(Customizers.class).run(context -> {
            context.getBean("dataSource", NaiadDataSource.class).getConnection().close();
            assertThat(context.getBean(Customizers.class).calls)
                    .containsExactly("outer of dataSource", "inner of dataSource");
        });
    }

    @Test
    void factoryIsThatOfTheDriverWithoutCustomizers() {
        runner.run(context -> assertThat(config(context.getBean("dataSource")).connectionFactory())
                .isNull());
    }

    @Test
    void onlyDialectAndClassifierAndInterceptorsAreTaken() {
        runner.withUserConfiguration(One.class).run(context -> {
            PoolConfig config = config(context.getBean("archiveDataSource"));
            assertThat(config.dialect()).isSameAs(context.getBean(Dialect.class));
            assertThat(config.disconnectClassifier()).isSameAs(context.getBean(DisconnectClassifier.class));
            assertThat(config.credentials()).isSameAs(context.getBean(CredentialsProvider.class));
            assertThat(config.interceptors()).containsExactly(context.getBean(ExecutionInterceptor.class));
        });
    }

    @Test
    void noneOfSeveralDialectsIsTaken() {
        runner.withUserConfiguration(One.class)
                .withBean("other", Dialect.class, Dialect::standard)
                .run(context -> assertThat(config(context.getBean("dataSource")).dialect())
                        .isNull());
    }

    private static PoolConfig config(Object dataSource) {
        return ((NaiadDataSource) dataSource).getConfig();
    }

    @Configuration(proxyBeanMethods = false)
    static class Listeners {

        private final List<String> heard = new ArrayList<>();

        @Bean
        @Order(2)
        PoolListener second() {
            return listener("second");
        }

        @Bean
        @Order(1)
        PoolListener first() {
            return listener("first");
        }

        private PoolListener listener(String name) {
            return new PoolListener() {
                @Override
                public void checkout(PoolEvent.Checkout event) {
                    heard.add(name + " " + event.pool().name());
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Finished {

        @Bean(defaultCandidate = false)
        NaiadDataSource finished() {
            return NaiadDataSource.builder()
                    .name("finished")
                    .url("jdbc:h2:mem:finished")
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Customizers {

        private final List<String> calls = new ArrayList<>();

        @Bean
        @Order(2)
        ConnectionFactoryCustomizer outer() {
            return customizer("outer");
        }

        @Bean
        @Order(1)
        ConnectionFactoryCustomizer inner() {
            return customizer("inner");
        }

        private ConnectionFactoryCustomizer customizer(String name) {
            return (factory, pool) -> entry -> {
                calls.add(name + " of " + pool.name());
                return factory.open(entry);
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class One {

        @Bean
        Dialect mine() {
            return (exception, connection) -> false;
        }

        @Bean
        CredentialsProvider credentials() {
            return () -> new Credentials("sa", "");
        }

        @Bean
        DisconnectClassifier classifier() {
            return (exception, proposal) -> proposal;
        }

        @Bean
        ExecutionInterceptor interceptor() {
            return new ExecutionInterceptor() {};
        }
    }
}
