/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PoolListenerTests {

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final QueuePool pool = new QueuePool(database.settings()
            .poolSize(1)
            .maxOverflow(1)
            .timeout(Duration.ZERO)
            .build());
    private final List<PoolEvent.Kind> heard = new CopyOnWriteArrayList<>();

    private void listenToEverything() {
        pool.subscribe(EnumSet.allOf(PoolEvent.Kind.class), event -> heard.add(event.kind()));
    }

    @Test
    @Tag("A23.3")
    void aCheckoutAndAReturnTellTheirSteps() throws SQLException {
        listenToEverything();
        pool.connect().close();
        pool.connect().close();

        assertThat(heard)
                .containsExactly(
                        PoolEvent.Kind.FIRST_CONNECT,
                        PoolEvent.Kind.CONNECT,
                        PoolEvent.Kind.CHECKOUT,
                        PoolEvent.Kind.RESET,
                        PoolEvent.Kind.CHECKIN,
                        PoolEvent.Kind.CHECKOUT,
                        PoolEvent.Kind.RESET,
                        PoolEvent.Kind.CHECKIN);
    }

    @Test
    @Tag("QP-11")
    void aSurplusConnectionIsCheckedInAndThenClosed() throws SQLException {
        Connection one = pool.connect();
        Connection two = pool.connect();
        one.close();
        listenToEverything();
        two.close();

        assertThat(heard).containsExactly(PoolEvent.Kind.RESET, PoolEvent.Kind.CHECKIN, PoolEvent.Kind.CLOSE);
    }

    @Test
    @Tag("I-01")
    void anInvalidationIsToldBeforeTheClosing() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        listenToEverything();
        connection.invalidate(null);

        assertThat(heard).containsExactly(PoolEvent.Kind.INVALIDATE, PoolEvent.Kind.CLOSE, PoolEvent.Kind.CHECKIN);
    }

    @Test
    void aTimeoutAndAFailedOpeningAreTold() throws SQLException {
        Connection one = pool.connect();
        Connection two = pool.connect();
        listenToEverything();
        assertThatThrownBy(pool::connect).isInstanceOf(PoolTimeoutException.class);
        one.close();
        two.close();
        pool.dispose();
        heard.clear();
        database.script((call, connection) -> {
            throw new SQLException("down");
        });
        assertThatThrownBy(pool::connect).hasMessage("down");

        assertThat(heard).containsExactly(PoolEvent.Kind.CONNECT_FAILED);
    }

    @Test
    @Tag("PL-02")
    void aListenerIsCalledOnlyForWhatItOverrides() throws SQLException {
        List<String> calls = new ArrayList<>();
        PoolListener listener = new PoolListener() {
            @Override
            public void checkout(PoolEvent.Checkout event) {
                calls.add("checkout");
            }
        };

        assertThat(Set.of(PoolEvent.Kind.values()))
                .filteredOn(kind -> kind.isHeardBy(listener))
                .containsExactly(PoolEvent.Kind.CHECKOUT);
        pool.addListener(listener);
        pool.connect().close();
        assertThat(calls).containsExactly("checkout");
    }

    @ParameterizedTest
    @EnumSource
    void everyKindReachesTheListenersMethodOfThatName(PoolEvent.Kind kind) {
        assertThat(kind.isHeardBy(new DeafListener())).isFalse();
        assertThat(kind.isHeardBy(new AttentiveListener())).isTrue();
    }

    private static final class DeafListener implements PoolListener {}

    private static final class AttentiveListener implements PoolListener {
        @Override
        public void firstConnect(PoolEvent.FirstConnect event) {}

        @Override
        public void softInvalidate(PoolEvent.SoftInvalidate event) {}

        @Override
        public void detach(PoolEvent.Detach event) {}

        @Override
        public void closeDetached(PoolEvent.CloseDetached event) {}

        @Override
        public void connect(PoolEvent.Connect event) {}

        @Override
        public void connectFailed(PoolEvent.ConnectFailed event) {}

        @Override
        public void checkout(PoolEvent.Checkout event) {}

        @Override
        public void reset(PoolEvent.Reset event) {}

        @Override
        public void leftOpen(PoolEvent.LeftOpen event) {}

        @Override
        public void checkin(PoolEvent.Checkin event) {}

        @Override
        public void invalidate(PoolEvent.Invalidate event) {}

        @Override
        public void close(PoolEvent.Close event) {}

        @Override
        public void lost(PoolEvent.Lost event) {}

        @Override
        public void waiting(PoolEvent.Waiting event) {}

        @Override
        public void waited(PoolEvent.Waited event) {}

        @Override
        public void heldTooLong(PoolEvent.HeldTooLong event) {}

        @Override
        public void cameBack(PoolEvent.CameBack event) {}

        @Override
        public void nested(PoolEvent.Nested event) {}

        @Override
        public void deadlock(PoolEvent.Deadlock event) {}

        @Override
        public void timedOut(PoolEvent.TimedOut event) {}
    }

    @Test
    @Tag("EV-03")
    @Tag("EV-04")
    @Tag("PL-06")
    void theSameListenerIsAddedOnceAndRemovedByItsRegistration() throws SQLException {
        List<String> calls = new ArrayList<>();
        PoolListener listener = new PoolListener() {
            @Override
            public void checkout(PoolEvent.Checkout event) {
                calls.add("checkout");
            }
        };
        Registration registration = pool.addListener(listener);
        pool.addListener(listener);
        pool.connect().close();
        assertThat(calls).hasSize(1);

        registration.close();
        registration.close();
        pool.connect().close();
        assertThat(calls).hasSize(1);
    }

    @Test
    @Tag("EV-05")
    @Tag("E-46")
    @Tag("E3-11")
    void listenersMayComeAndGoDuringADelivery() throws SQLException {
        List<String> calls = new ArrayList<>();
        List<Registration> registrations = new ArrayList<>();
        registrations.add(pool.addListener(new PoolListener() {
            @Override
            public void checkout(PoolEvent.Checkout event) {
                registrations.get(0).close();
                calls.add("first");
            }
        }));
        pool.subscribe(Set.of(PoolEvent.Kind.CHECKOUT), event -> calls.add("second"));
        pool.connect().close();
        pool.connect().close();

        assertThat(calls).containsExactly("first", "second", "second");
    }

    @Test
    @Tag("EV-01")
    @Tag("EV-02")
    void listenersOfTheClassComeFirstAndInsertedOnesBeforeTheirEquals() throws SQLException {
        List<String> calls = new ArrayList<>();
        pool.addListener(Map.of("checkout", event -> calls.add("own")));
        pool.addListenerFirst(new PoolListener() {
            @Override
            public void checkout(PoolEvent.Checkout event) {
                calls.add("inserted");
            }
        });
        PoolListener ofClass = new PoolListener() {
            @Override
            public void checkout(PoolEvent.Checkout event) {
                calls.add("class of " + event.pool().getClass().getSimpleName());
            }
        };
        try (Registration all = Pool.addListenerToAll(Pool.class, ofClass);
                Registration others = Pool.addListenerToAll(NullPool.class, ofClass)) {
            pool.connect().close();
            assertThat(List.of(all, others)).hasSize(2);
        }
        pool.connect().close();

        assertThat(calls).containsExactly("class of QueuePool", "inserted", "own", "inserted", "own");
    }

    @Test
    @Tag("PL-03")
    @Tag("EV-04")
    void aMapOfHandlersMustNameEvents() {
        assertThatThrownBy(() -> pool.addListener(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A map of event handlers must have at least one entry.");
        assertThatThrownBy(() -> pool.addListener(Map.of("check_out", event -> {})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("There is no event 'check_out'. The events are: firstConnect, connect, ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("PL-01")
    @Tag("PL-05")
    @Tag("DR-07")
    @Tag("EV-09")
    @Tag("DR-03")
    void aRecreatedPoolTellsTheSameListenersAnewAndOnlyThose(boolean recreatedBeforeUse) throws SQLException {
        List<String> calls = new ArrayList<>();
        pool.addListener(new PoolListener() {
            @Override
            public void firstConnect(PoolEvent.FirstConnect event) {
                calls.add("firstConnect");
            }

            @Override
            public void connect(PoolEvent.Connect event) {
                calls.add("connect");
            }

            @Override
            public void checkout(PoolEvent.Checkout event) {
                calls.add("checkout");
            }

            @Override
            public void checkin(PoolEvent.Checkin event) {
                calls.add("checkin");
            }
        });
        List<String> everything = List.of("firstConnect", "connect", "checkout", "checkin");
        Pool successor = recreatedBeforeUse ? pool.recreate() : null;
        pool.connect().close();
        assertThat(calls).isEqualTo(everything);
        if (successor == null) {
            successor = pool.recreate();
        }
        calls.clear();
        successor.connect().close();
        assertThat(calls).isEqualTo(everything);
        calls.clear();

        pool.subscribe(Set.of(PoolEvent.Kind.CHECKOUT), event -> calls.add("later"));
        successor.subscribe(Set.of(PoolEvent.Kind.CHECKIN), event -> calls.add("the successor's"));
        pool.connect().close();
        assertThat(calls).containsExactly("checkout", "later", "checkin");
        calls.clear();
        successor.connect().close();
        assertThat(calls).containsExactly("checkout", "checkin", "the successor's");
    }

    @Test
    @Tag("PL-04")
    @Tag("E-04")
    void aListenerAddedLateHearsOfConnectionsThatExist() throws SQLException {
        PoolProxiedConnection connection = pool.connect();
        listenToEverything();
        connection.close();
        pool.connect().close();
        pool.dispose();
        pool.connect().close();

        assertThat(heard)
                .containsExactly(
                        PoolEvent.Kind.RESET,
                        PoolEvent.Kind.CHECKIN,
                        PoolEvent.Kind.CHECKOUT,
                        PoolEvent.Kind.RESET,
                        PoolEvent.Kind.CHECKIN,
                        PoolEvent.Kind.CLOSE,
                        PoolEvent.Kind.FIRST_CONNECT,
                        PoolEvent.Kind.CONNECT,
                        PoolEvent.Kind.CHECKOUT,
                        PoolEvent.Kind.RESET,
                        PoolEvent.Kind.CHECKIN);
    }

    @Test
    @Tag("EV-07")
    void aListenerThatClosesItsRegistrationHearsOnce() throws SQLException {
        List<Registration> registration = new ArrayList<>();
        registration.add(pool.subscribe(Set.of(PoolEvent.Kind.CHECKOUT), event -> {
            heard.add(event.kind());
            registration.get(0).close();
        }));
        pool.connect().close();
        pool.connect().close();

        assertThat(heard).hasSize(1);
    }

    @Test
    @Tag("EV-01")
    void aListenerOfAClassHearsNothingOfItsSiblings() throws SQLException {
        List<String> calls = new ArrayList<>();
        Map<Class<? extends Pool>, String> names = Map.of(QueuePool.class, "queue", NullPool.class, "null");
        List<Registration> registrations = new ArrayList<>();
        names.forEach((type, name) -> registrations.add(Pool.addListenerToAll(type, new PoolListener() {
            @Override
            public void checkout(PoolEvent.Checkout event) {
                calls.add(name);
            }
        })));
        pool.connect().close();
        new NullPool(database.settings().build()).connect().close();
        registrations.forEach(Registration::close);
        pool.connect().close();

        assertThat(calls).containsExactly("queue", "null");
    }

    @Test
    @Tag("PB-03")
    void listenersOfTheConfigurationComeFirst() throws SQLException {
        List<String> calls = new ArrayList<>();
        Pool configured = new QueuePool(database.settings()
                .listener(new PoolListener() {
                    @Override
                    public void checkout(PoolEvent.Checkout event) {
                        calls.add("configured");
                    }
                })
                .build());
        configured.subscribe(Set.of(PoolEvent.Kind.CHECKOUT), event -> calls.add("added"));
        configured.connect().close();

        assertThat(calls).containsExactly("configured", "added");
    }

    @Test
    @Tag("E-32")
    void aConnectionThatAConnectListenerRefusesIsClosed() {
        pool.subscribe(Set.of(PoolEvent.Kind.CONNECT), event -> {
            throw new SQLException("not this one");
        });

        assertThatThrownBy(pool::connect).hasMessage("not this one");

        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().checkedOut()).isZero();
        assertThat(pool.snapshot().overflow()).isEqualTo(-1);
        assertThat(pool.snapshot().closed()).containsEntry(CloseReason.REJECTED, 1L);
    }

    @Test
    @Tag("D-05")
    void aConnectionThatACheckoutListenerRefusesIsDiscarded() throws SQLException {
        Registration registration = pool.subscribe(Set.of(PoolEvent.Kind.CHECKOUT), event -> {
            throw new SQLException("not this one");
        });

        assertThatThrownBy(pool::connect).hasMessage("not this one");

        assertThat(database.open).hasValue(0);
        assertThat(pool.snapshot().checkedOut()).isZero();
        registration.close();
        pool.connect().close();
    }

    @Test
    @Tag("F-09")
    void aCheckoutListenerThatClosesTheConnectionFailsTheCheckout() {
        pool.subscribe(
                Set.of(PoolEvent.Kind.CHECKOUT),
                event -> ((PoolEvent.Checkout) event).proxy().close());

        assertThatThrownBy(pool::connect).hasMessageContaining("a checkout listener closed the connection");
        assertThat(pool.snapshot().checkedOut()).isZero();
    }
}
