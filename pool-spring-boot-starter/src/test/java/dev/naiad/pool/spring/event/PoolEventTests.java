/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.CloseReason;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolEvent;
import dev.naiad.pool.PoolProxiedConnection;
import dev.naiad.pool.PoolTimeoutException;
import dev.naiad.pool.spring.autoconfigure.NaiadAutoConfiguration;
import dev.naiad.pool.spring.registry.PoolObserver;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.test.util.ReflectionTestUtils;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoolEventTests {

    /** What the pool's failure log always listens to. */
    private static final List<String> WATCHED = List.of("CONNECT", "CONNECT_FAILED", "TIMED_OUT");

    private static final String THREAD = "naiad-events";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(NaiadAutoConfiguration.class, DataSourceAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.type=" + NaiadDataSource.class.getName(),
                    "spring.datasource.url=jdbc:h2:mem:events",
                    "naiad.pool-size=1",
                    "naiad.max-overflow=1",
                    "naiad.name=shop");

    @AfterEach
    void noThreadIsLeft() {
        await().untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(THREAD))
                .toList();
    }

    // --- who hears what

    @Test
    void listenerMethodForOneKindHearsThatKind() {
        run(ConnectMethod.class, context -> {
            borrow(context);
            awaitEvents(context, 1);
            stop(context);
            assertThat(events(context))
                    .singleElement()
                    .isInstanceOfSatisfying(PoolApplicationEvent.Connect.class, event -> {
                        assertThat(event.getPoolName()).isEqualTo("shop");
                        assertThat(event.getDataSource()).isSameAs(context.getBean(NaiadDataSource.class));
                        assertThat(event.getThreadName()).startsWith("naiad-shop-opener");
                        assertThat(event.getEntryId()).isPositive();
                    });
            assertThat(subscribedKinds(context)).containsExactlyElementsOf(WATCHED);
        });
    }

    @Test
    void listenerMethodForTheBaseClassHearsEverythingInOrder() {
        run(AllMethod.class, context -> {
            borrow(context);
            borrow(context);
            awaitEvents(context, 9);
            assertThat(names(context))
                    .containsExactly(
                            "FirstConnect",
                            "Connect",
                            "Waited",
                            "Checkout",
                            "Reset",
                            "Checkin",
                            "Checkout",
                            "Reset",
                            "Checkin");
        });
    }

    @Test
    void listenerBeanHearsItsKind() {
        run(CheckinBean.class, context -> {
            borrow(context);
            awaitEvents(context, 1);
            assertThat(names(context)).containsExactly("Checkin");
            assertThat(subscribedKinds(context))
                    .containsAll(WATCHED)
                    .contains("CHECKIN")
                    .hasSize(WATCHED.size() + 1);
        });
    }

    @Test
    void listenerThatIsALambdaHearsItsDeclaredKind() {
        run(LambdaBean.class, context -> {
            borrow(context);
            awaitEvents(context, 1);
            stop(context);
            assertThat(names(context)).containsExactly("Checkin");
        });
    }

    @Test
    void listenerThatIsCreatedWhenNeededHearsItsKind() {
        run(LazyBean.class, context -> {
            borrow(context);
            awaitEvents(context, 1);
            assertThat(names(context)).containsExactly("Checkin");
        });
    }

    @Test
    void listenersForOneKindForSeveralAndForAllHearTheirsFromOneApplication() {
        run(ThreeMethods.class, context -> {
            borrow(context);
            ThreeMethods heard = context.getBean(ThreeMethods.class);
            await().untilAsserted(() -> assertThat(heard.one).containsExactly("Checkin"));
            await().untilAsserted(() -> assertThat(heard.two).containsExactly("Connect", "Checkin"));
            await().untilAsserted(() -> assertThat(heard.all)
                    .containsExactly("FirstConnect", "Connect", "Waited", "Checkout", "Reset", "Checkin"));
        });
    }

    @Test
    void asynchronousListenersHearEverythingInOrderOnTheirOwnThreads() {
        run(AsyncMethods.class, context -> {
            AsyncMethods heard = context.getBean(AsyncMethods.class);
            for (int i = 0; i < 100; i++) {
                borrow(context);
            }
            await().until(() -> heard.checkins.size() == 100 && heard.all.size() == 3 + 3 * 100);
            assertThat(heard.threads).containsOnly("async-events");
            assertThat(List.copyOf(heard.checkins)).as("in order").isSorted();
            assertThat(new ArrayList<>(heard.all).subList(0, 9))
                    .containsExactly(
                            "FirstConnect",
                            "Connect",
                            "Waited",
                            "Checkout",
                            "Reset",
                            "Checkin",
                            "Checkout",
                            "Reset",
                            "Checkin");
        });
    }

    @Test
    void listenerInTheParentContextHearsItsKind() {
        try (var parent = new AnnotationConfigApplicationContext(Recorder.class, ConnectMethod.class)) {
            runner.withParent(parent).run(context -> {
                borrow(context);
                Queue<PoolApplicationEvent> heard = parent.getBean(Recorder.class).events;
                await().until(() -> heard.size() == 1);
            });
        }
    }

    @Test
    void everyKindTellsItsFacts() {
        run(AllMethod.class, context -> {
            NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
            try (Connection first = dataSource.getConnection();
                    Connection second = dataSource.getConnection()) {
                assertThat(first).isNotSameAs(second);
                first.unwrap(PoolProxiedConnection.class).invalidate(new IllegalStateException("unfit"));
            }
            await().untilAsserted(() -> assertThat(names(context)).contains("Invalidate", "Close"));
            assertThat(events(context))
                    .anySatisfy(event -> assertThat(event)
                            .isInstanceOfSatisfying(
                                    PoolApplicationEvent.Invalidate.class,
                                    invalid -> assertThat(invalid.getCause())
                                            .hasValueSatisfying(
                                                    cause -> assertThat(cause).hasMessage("unfit"))))
                    .anySatisfy(event -> assertThat(event)
                            .isInstanceOfSatisfying(
                                    PoolApplicationEvent.Close.class,
                                    close -> assertThat(close.getReason()).isEqualTo(CloseReason.INVALIDATED)));
        });
    }

    @Test
    void failuresAndTimeoutsAreHeard() {
        runner.withPropertyValues(
                        "naiad.max-overflow=0",
                        "naiad.timeout=0",
                        "spring.datasource.url=jdbc:h2:mem:absent;IFEXISTS=TRUE")
                .withUserConfiguration(Recorder.class, AllMethod.class)
                .run(context -> {
                    NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
                    Assertions.assertThatExceptionOfType(SQLException.class).isThrownBy(dataSource::getConnection);
                    awaitEvents(context, 1);
                    assertThat(events(context))
                            .singleElement()
                            .isInstanceOfSatisfying(PoolApplicationEvent.ConnectFailed.class, event -> {
                                assertThat(event.getCause()).isInstanceOf(SQLException.class);
                                assertThat(event.getThreadName()).startsWith("naiad-shop-"); // which opens for callers
                            });
                });
        runner.withPropertyValues("naiad.max-overflow=0", "naiad.timeout=0")
                .withUserConfiguration(Recorder.class, TimedOutMethod.class)
                .run(context -> {
                    NaiadDataSource dataSource = context.getBean(NaiadDataSource.class);
                    try (Connection held = dataSource.getConnection()) {
                        Assertions.assertThatExceptionOfType(PoolTimeoutException.class)
                                .isThrownBy(dataSource::getConnection);
                    }
                    awaitEvents(context, 1);
                    assertThat(events(context))
                            .singleElement()
                            .isInstanceOfSatisfying(
                                    PoolApplicationEvent.TimedOut.class,
                                    event -> assertThat((Throwable) event.getException())
                                            .hasMessageContaining("in use 1"));
                });
    }

    @Test
    void nothingIsSubscribedIfNobodyListens() {
        run(Recorder.class, context -> assertThat(subscribedKinds(context)).containsExactlyElementsOf(WATCHED));
    }

    @Test
    void listenersForAllApplicationEventsDoNotCount() {
        run(
                GenericListeners.class,
                context -> assertThat(subscribedKinds(context)).containsExactlyElementsOf(WATCHED));
    }

    // --- when

    @Test
    void eventsFromBeforeTheContextIsReadyArriveAfterwards() {
        run(EarlyBorrower.class, context -> {
            awaitEvents(context, 1);
            stop(context);
            assertThat(names(context)).containsExactly("Connect");
        });
    }

    @Test
    void connectionsThatAreOpenedWhenThePoolIsMadeAreHeardOf() {
        List<Integer> openings = new ArrayList<>();
        runner.withPropertyValues("naiad.pool-size=5", "naiad.warm-up=5")
                .withBean(
                        PoolObserver.class,
                        () -> pool -> openings.add(pool.snapshot().opening()
                                + (int) pool.snapshot().opened()))
                .withUserConfiguration(Recorder.class, AllMethod.class)
                .run(context -> {
                    awaitEvents(context, 6);
                    assertThat(names(context)).containsOnlyOnce("FirstConnect").containsOnly("FirstConnect", "Connect");
                    assertThat(openings)
                            .as("observed before anything is opened")
                            .startsWith(0);
                });
    }

    @Test
    void whatNobodyWantedOfTheStartIsNotCountedAsDropped() {
        run(BusyStart.class, context -> {
            assertThat(context.getBean(NaiadDataSource.class).pool().snapshot().opened())
                    .isOne();
            assertThat(context.getBean(PoolEventPublisher.class).dropped()).isZero();
        });
    }

    @Test
    void slowListenerDoesNotDelayBorrowers() {
        run(BlockedListener.class, context -> {
            BlockedListener listener = context.getBean(BlockedListener.class);
            borrow(context);
            assertThat(listener.entered.await(10, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 100; i++) {
                borrow(context); // would not come back if it waited for the listener
            }
            assertThat(listener.release.getCount()).isOne();
            listener.release.countDown();
            await().until(() -> listener.heard.size() == 101);
            assertThat(listener.heard).containsOnly(THREAD);
        });
    }

    @Test
    void overflowOfTheQueueIsCounted() {
        run(BlockedListener.class, context -> {
            BlockedListener listener = context.getBean(BlockedListener.class);
            PoolEventPublisher publisher = context.getBean(PoolEventPublisher.class);
            borrow(context);
            assertThat(listener.entered.await(10, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 10_000; i++) {
                borrow(context);
            }
            assertThat(publisher.dropped()).isZero();
            for (int i = 0; i < 7; i++) {
                borrow(context);
            }
            assertThat(publisher.dropped()).isEqualTo(7);
            listener.release.countDown();
            await().until(() -> listener.heard.size() == 10_001);
            borrow(context);
            await().until(() -> listener.heard.size() == 10_002);
            assertThat(publisher.dropped()).isEqualTo(7);
        });
    }

    @Test
    void throwingListenerStopsNeitherTheOthersNorTheNextEvents() {
        run(ThrowingListener.class, context -> {
            borrow(context);
            borrow(context);
            awaitEvents(context, 2);
            assertThat(names(context)).containsExactly("Checkin", "Checkin");
        });
    }

    @Test
    void eventsOfOnePoolStayInOrderWithManyBorrowers() {
        runner.withPropertyValues("naiad.max-overflow=0")
                .withUserConfiguration(Recorder.class, AllMethod.class)
                .run(context -> {
                    List<Thread> borrowers = new ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        Thread borrower = new Thread(() -> {
                            for (int j = 0; j < 50; j++) {
                                borrow(context);
                            }
                        });
                        borrower.start();
                        borrowers.add(borrower);
                    }
                    for (Thread borrower : borrowers) {
                        borrower.join();
                    }
                    await().until(() -> withoutWaiting(context).size() == 2 + 3 * 400);
                    // With one connection nothing can overlap.
                    List<String> expected = new ArrayList<>(List.of("FirstConnect", "Connect"));
                    for (int i = 0; i < 400; i++) {
                        expected.addAll(List.of("Checkout", "Reset", "Checkin"));
                    }
                    assertThat(withoutWaiting(context)).isEqualTo(expected);
                });
    }

    // --- the life of the context

    @Test
    void eventsWhileStoppedArriveAfterTheNextStart() {
        run(CheckinBean.class, context -> {
            borrow(context);
            awaitEvents(context, 1);
            stop(context);
            assertThat(threads()).isEmpty();
            borrow(context);
            assertThat(names(context)).hasSize(1);
            context.getSourceApplicationContext(AnnotationConfigApplicationContext.class)
                    .start();
            awaitEvents(context, 2);
            borrow(context);
            awaitEvents(context, 3);
            assertThat(threads()).hasSize(1);
        });
    }

    @Test
    void pauseAndRestartKeepEventsComing() {
        run(CheckinBean.class, context -> {
            var source = context.getSourceApplicationContext(AnnotationConfigApplicationContext.class);
            for (int i = 1; i <= 3; i++) {
                source.pause();
                assertThat(threads()).isEmpty();
                borrow(context);
                source.restart();
                awaitEvents(context, i);
            }
            assertThat(names(context)).hasSize(3);
        });
    }

    @Test
    void listenerThatDoesNotEndIsInterruptedAndTheNextStartIsClean() throws Exception {
        try (var context = new AnnotationConfigApplicationContext(StubbornListener.class);
                var dataSource =
                        NaiadDataSource.builder().url("jdbc:h2:mem:events").build()) {
            StubbornListener listener = context.getBean(StubbornListener.class);
            PoolEventPublisher publisher = new PoolEventPublisher(context, Duration.ZERO);
            publisher.publishEventsOf(dataSource, dataSource.pool());
            publisher.start();
            dataSource.getConnection().close();
            assertThat(listener.entered.await(10, TimeUnit.SECONDS)).isTrue();

            publisher.stop();
            assertThat(publisher.isRunning()).isFalse();
            assertThat(listener.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
            await().until(() -> threads().isEmpty());

            listener.patient = false;
            dataSource.getConnection().close();
            publisher.start();
            await().until(() -> listener.heard.size() == 2);
            assertThat(threads()).hasSize(1);
            publisher.stop();
            publisher.destroy();
        }
    }

    @Test
    void eventsUpToTheStopAreStillPublished() {
        Recorder[] recorder = new Recorder[1];
        run(CheckinBean.class, context -> {
            for (int i = 0; i < 500; i++) {
                borrow(context);
            }
            recorder[0] = context.getBean(Recorder.class);
        });
        assertThat(recorder[0].events).hasSize(500);
    }

    // --- help

    private void run(Class<?> configuration, ContextConsumer<AssertableApplicationContext> consumer) {
        runner.withUserConfiguration(Recorder.class, configuration).run(context -> {
            assertThat(context).hasNotFailed();
            consumer.accept(context);
        });
    }

    private static void borrow(AssertableApplicationContext context) {
        try (Connection connection = context.getBean(NaiadDataSource.class).getConnection()) {
            assertThat(connection.isClosed()).isFalse();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void stop(AssertableApplicationContext context) {
        context.getSourceApplicationContext(AnnotationConfigApplicationContext.class)
                .stop();
    }

    private static Queue<PoolApplicationEvent> events(AssertableApplicationContext context) {
        return context.getBean(Recorder.class).events;
    }

    private static void awaitEvents(AssertableApplicationContext context, int count) {
        await().untilAsserted(() -> assertThat(events(context)).hasSize(count));
    }

    /** How often one waits is a matter of chance. */
    private static List<String> withoutWaiting(AssertableApplicationContext context) {
        return names(context).stream().filter(name -> !name.startsWith("Wait")).toList();
    }

    private static List<String> names(AssertableApplicationContext context) {
        return events(context).stream()
                .map(event -> event.getClass().getSimpleName())
                .toList();
    }

    /** What the pool asks before it makes an event. */
    private static List<String> subscribedKinds(AssertableApplicationContext context) {
        Object listeners = ReflectionTestUtils.invokeMethod(
                context.getBean(NaiadDataSource.class).pool(), Pool.class, "listeners");
        return Arrays.stream(PoolEvent.Kind.values())
                .filter(kind -> Boolean.TRUE.equals(ReflectionTestUtils.invokeMethod(listeners, "wants", kind)))
                .map(Enum::name)
                .toList();
    }

    static class Recorder {

        final Queue<PoolApplicationEvent> events = new ConcurrentLinkedQueue<>();
    }

    static class ConnectMethod {

        private final Recorder recorder;

        ConnectMethod(Recorder recorder) {
            this.recorder = recorder;
        }

        @EventListener
        void on(PoolApplicationEvent.Connect event) {
            assertThat(Thread.currentThread().getName()).isEqualTo(THREAD);
            recorder.events.add(event);
        }
    }

    static class AllMethod {

        private final Recorder recorder;

        AllMethod(Recorder recorder) {
            this.recorder = recorder;
        }

        @EventListener
        void on(PoolApplicationEvent event) {
            recorder.events.add(event);
        }
    }

    static class ThreeMethods {

        final Queue<String> one = new ConcurrentLinkedQueue<>();
        final Queue<String> two = new ConcurrentLinkedQueue<>();
        final Queue<String> all = new ConcurrentLinkedQueue<>();

        @EventListener
        void one(PoolApplicationEvent.Checkin event) {
            one.add(event.getClass().getSimpleName());
        }

        @EventListener({PoolApplicationEvent.Connect.class, PoolApplicationEvent.Checkin.class})
        void two(PoolApplicationEvent event) {
            two.add(event.getClass().getSimpleName());
        }

        @EventListener
        void all(PoolApplicationEvent event) {
            all.add(event.getClass().getSimpleName());
        }
    }

    @EnableAsync
    @Configuration(proxyBeanMethods = false)
    static class AsyncMethods {

        final Queue<Long> checkins = new ConcurrentLinkedQueue<>();
        final Queue<String> all = new ConcurrentLinkedQueue<>();
        final Queue<String> threads = new ConcurrentLinkedQueue<>();

        @Bean
        Executor oneThread() {
            ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
            executor.setCorePoolSize(1);
            executor.setThreadFactory(task -> new Thread(task, "async-events"));
            return executor;
        }

        @Bean
        AsyncListener asyncListener() {
            return new AsyncListener(this);
        }
    }

    static class AsyncListener {

        private final AsyncMethods heard;

        AsyncListener(AsyncMethods heard) {
            this.heard = heard;
        }

        @Async
        @EventListener
        public void on(PoolApplicationEvent.Checkin event) {
            heard.threads.add(Thread.currentThread().getName());
            heard.checkins.add(event.getTimestamp());
        }

        @Async
        @EventListener
        public void on(PoolApplicationEvent event) {
            heard.threads.add(Thread.currentThread().getName());
            heard.all.add(event.getClass().getSimpleName());
        }
    }

    static class TimedOutMethod {

        private final Recorder recorder;

        TimedOutMethod(Recorder recorder) {
            this.recorder = recorder;
        }

        @EventListener
        void on(PoolApplicationEvent.TimedOut event) {
            recorder.events.add(event);
        }
    }

    static class CheckinBean implements ApplicationListener<PoolApplicationEvent.Checkin> {

        private final Recorder recorder;

        CheckinBean(Recorder recorder) {
            this.recorder = recorder;
        }

        @Override
        public void onApplicationEvent(PoolApplicationEvent.Checkin event) {
            recorder.events.add(event);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LambdaBean {

        @Bean
        ApplicationListener<PoolApplicationEvent.Checkin> listener(Recorder recorder) {
            return event -> recorder.events.add(event);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyBean {

        @Bean
        @Lazy
        CheckinBean listener(Recorder recorder) {
            return new CheckinBean(recorder);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class GenericListeners {

        @Bean
        ApplicationListener<ApplicationEvent> bean() {
            return event -> assertThat(event).isNotInstanceOf(PoolApplicationEvent.class);
        }

        @EventListener
        void method(ApplicationEvent event) {
            assertThat(event).isNotInstanceOf(PoolApplicationEvent.class);
        }

        @EventListener
        void object(Object event) {
            assertThat(event).isNotInstanceOf(PoolApplicationEvent.class);
        }
    }

    static class EarlyBorrower extends ConnectMethod implements InitializingBean {

        private final DataSource dataSource;

        EarlyBorrower(Recorder recorder, DataSource dataSource) {
            super(recorder);
            this.dataSource = dataSource;
        }

        @Override
        public void afterPropertiesSet() throws SQLException {
            dataSource.getConnection().close();
        }
    }

    static class BusyStart implements InitializingBean {

        private final DataSource dataSource;

        BusyStart(DataSource dataSource) {
            this.dataSource = dataSource;
        }

        @Override
        public void afterPropertiesSet() throws SQLException {
            for (int i = 0; i < 4_000; i++) { // with three events each, more than are kept
                dataSource.getConnection().close();
            }
        }
    }

    static class BlockedListener {

        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        final Queue<String> heard = new ConcurrentLinkedQueue<>();

        @EventListener
        void on(PoolApplicationEvent.Checkin event) throws InterruptedException {
            entered.countDown();
            release.await();
            heard.add(Thread.currentThread().getName());
        }
    }

    static class StubbornListener {

        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final Queue<PoolApplicationEvent> heard = new ConcurrentLinkedQueue<>();
        volatile boolean patient = true;

        @EventListener
        void on(PoolApplicationEvent.Checkin event) {
            heard.add(event);
            entered.countDown();
            try {
                if (patient) {
                    new CountDownLatch(1).await();
                }
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ThrowingListener {

        @Bean
        @Order(1)
        ApplicationListener<PoolApplicationEvent.Checkin> throwing() {
            return event -> {
                throw new IllegalStateException("thrown by a listener on purpose");
            };
        }

        @Bean
        @Order(2)
        CheckinBean hearing(Recorder recorder) {
            return new CheckinBean(recorder);
        }
    }
}
