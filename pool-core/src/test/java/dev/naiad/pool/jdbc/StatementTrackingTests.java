/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naiad.pool.jdbc.StubDriver.Call;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StatementTrackingTests {
    private final StubDriver driver = new StubDriver();
    private final Connection raw = driver.create(Connection.class);
    private final SessionState session = new SessionState();
    private final TestConnection connection = new TestConnection(raw, session, Thread.currentThread());

    @Test
    void closesWhatIsStillOpenNewestFirst() throws SQLException {
        Statement first = connection.createStatement();
        Object firstRaw = driver.latest(Statement.class);
        Statement closed = connection.prepareStatement("select 1");
        Statement last = connection.prepareCall("call 1");
        Object lastRaw = driver.latest(CallableStatement.class);
        closed.close();
        driver.forgetCalls();

        connection.close();

        assertThat(driver.calls()).extracting(Call::target).containsExactly(lastRaw, firstRaw);
        assertThat(driver.callNames()).containsExactly("close", "close");
        assertThat(first.isClosed()).isTrue();
        assertThat(last.isClosed()).isTrue();
        assertThat(connection.failuresOnClose).isEmpty();
    }

    @Test
    void unlinksInAnyOrder() throws SQLException {
        for (int skipped = 0; skipped < 5; skipped++) {
            TestConnection fresh = new TestConnection(raw, session, Thread.currentThread());
            List<Statement> statements = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                statements.add(fresh.createStatement());
            }
            Object leftOpen = ((DelegatingStatement) statements.get(skipped)).unwrap(StubDriver.Raw.class);
            List<Statement> shuffled = new ArrayList<>(statements);
            shuffled.remove(skipped);
            java.util.Collections.shuffle(shuffled, new Random(skipped));
            for (Statement statement : shuffled) {
                statement.close();
            }
            driver.forgetCalls();

            fresh.close();

            assertThat(driver.calls()).extracting(Call::target).containsExactly(leftOpen);
        }
    }

    @Test
    void closesTheRestWhateverADriverThrows() throws SQLException {
        List<Throwable> failures =
                List.of(new SQLException("a"), new IllegalStateException("b"), new NoSuchMethodError("c"));
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            statements.add(connection.createStatement());
        }
        ConcurrentLinkedQueue<Throwable> toThrow = new ConcurrentLinkedQueue<>(failures);
        driver.answerBy("close", () -> {
            Throwable failure = toThrow.poll();
            if (failure instanceof Error error) {
                throw error;
            } else if (failure != null) {
                throw (Exception) failure;
            }
            return null;
        });

        connection.close();

        assertThat(connection.failuresOnClose).isEqualTo(failures);
        assertThat(connection.failures).isEmpty();
        for (Statement statement : statements) {
            assertThat(statement.isClosed()).isTrue();
        }
    }

    @Test
    void closingAStatementTwiceReachesTheDriverOnce() throws SQLException {
        Statement statement = connection.createStatement();
        driver.forgetCalls();

        statement.close();
        statement.close();

        assertThat(driver.callNames()).containsExactly("close");
    }

    @Test
    void aStatementWhoseCloseFailsIsDeadAndUnlinkedAllTheSame() throws SQLException {
        Statement statement = connection.createStatement();
        SQLException failure = new SQLException("no");
        driver.fail("close", failure);

        assertThatThrownBy(statement::close).isSameAs(failure);
        assertThat(connection.failures).containsExactly(failure);
        assertThat(statement.isClosed()).isTrue();
        driver.forgetCalls();
        connection.close();
        assertThat(driver.calls()).isEmpty();
    }

    @Test
    void closingAStatementMakesItsResultSetDead() throws SQLException {
        Statement statement = connection.createStatement();
        ResultSet resultSet = statement.executeQuery("select 1");
        statement.close();
        driver.forgetCalls();

        assertThat(resultSet.isClosed()).isTrue();
        assertThatThrownBy(resultSet::next).hasMessage("Result set is closed");
        assertThat(driver.calls()).isEmpty();
    }

    @Test
    void closesResultSetsThatNoTrackedStatementCloses() throws SQLException {
        driver.answerBy("getObject", () -> driver.create(ResultSet.class));
        ResultSet tables = connection.getMetaData().getTables(null, null, "%", null);
        ResultSet elements = connection.createArrayOf("int", new Object[0]).getResultSet();
        CallableStatement call = connection.prepareCall("call");
        ResultSet cursor = (ResultSet) call.getObject(1);
        ResultSet closedByUser = connection.getMetaData().getCatalogs();
        closedByUser.close();
        call.close();
        driver.forgetCalls();

        connection.close();

        assertThat(driver.calls()).extracting(Call::name).containsExactly("close", "close", "close");
        assertThat(driver.calls()).extracting(Call::target).allMatch(ResultSet.class::isInstance);
        assertThat(tables.isClosed() && elements.isClosed() && cursor.isClosed())
                .isTrue();
    }

    @Test
    void tracksStatementsOpenedByOtherThreads() throws Exception {
        Statement closedThere = inOtherThread(connection::createStatement);
        Statement closedHere = inOtherThread(connection::createStatement);
        Statement leftOpen = inOtherThread(connection::createStatement);
        Object leftOpenRaw = leftOpen.unwrap(StubDriver.Raw.class);
        assertThat(session.strays()).hasSize(3);
        inOtherThread(() -> {
            closedThere.close();
            return null;
        });
        closedHere.close();
        assertThat(session.strays()).hasSize(1);
        driver.forgetCalls();

        connection.close();

        assertThat(driver.calls()).extracting(Call::target).containsExactly(leftOpenRaw);
        assertThat(leftOpen.isClosed()).isTrue();
        assertThat(session.strays()).isEmpty();
    }

    @Test
    void aStatementOfTheOwnerClosedByAnotherThreadIsClosedOnceAndDropsOutOfTheList() throws Exception {
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            statements.add(connection.createStatement());
        }
        inOtherThread(() -> {
            for (Statement statement : statements) {
                statement.close();
            }
            return null;
        });
        Tracked next = (Tracked) connection.createStatement();
        assertThat(next.older).isNull();
        Object nextRaw = driver.latest(Statement.class);
        driver.forgetCalls();

        connection.close();

        assertThat(driver.calls()).extracting(Call::target).containsExactly(nextRaw);
    }

    @Test
    void anotherThreadMayCloseTheConnection() throws Exception {
        Statement statement = connection.createStatement();
        driver.forgetCalls();
        inOtherThread(() -> {
            connection.close();
            return null;
        });

        assertThat(driver.callNames()).containsExactly("close");
        assertThat(statement.isClosed()).isTrue();
        statement.close();
    }

    @Test
    void aStatementThatComesTooLateIsClosedAtOnce() {
        driver.answerBy("createStatement", () -> {
            connection.close();
            return driver.create(Statement.class);
        });

        assertThatThrownBy(connection::createStatement)
                .isInstanceOf(SQLException.class)
                .hasMessage("Connection is closed");
        assertThat(driver.callNames()).containsExactly("createStatement", "close");
        assertThat(connection.failures).isEmpty();
    }

    @Test
    void closeOnCompletionIsTheDriversBusiness() throws SQLException {
        Statement statement = connection.createStatement();
        driver.forgetCalls();

        statement.closeOnCompletion();
        statement.isCloseOnCompletion();

        assertThat(driver.callNames()).containsExactly("closeOnCompletion", "isCloseOnCompletion");
    }

    @Test
    void survivesThreadsThatMisuseIt() throws Exception {
        for (int round = 0; round < 200; round++) {
            misuse(round);
            driver.forgetCalls();
        }
    }

    /** The owner and two others open and close each other's statements until one of them closes the connection. */
    private void misuse(int seed) throws Exception {
        ConcurrentLinkedQueue<Statement> shared = new ConcurrentLinkedQueue<>();
        CountDownLatch start = new CountDownLatch(1);
        List<FutureTask<Integer>> tasks = new ArrayList<>();
        TestConnection[] handle = new TestConnection[1];
        for (int thread = 0; thread < 3; thread++) {
            Random random = new Random(seed * 3L + thread);
            boolean closer = thread == seed % 3;
            tasks.add(new FutureTask<>(() -> {
                start.await();
                return play(handle[0], shared, random, closer);
            }));
        }
        List<Thread> threads = tasks.stream().map(Thread::new).toList();
        handle[0] = new TestConnection(raw, session, threads.get(0));
        threads.forEach(Thread::start);
        start.countDown();
        for (FutureTask<Integer> task : tasks) {
            assertThat(task.get()).isNotNegative(); // and throws whatever went wrong in there
        }
        assertThat(handle[0].failuresOnClose).isEmpty();
    }

    private static int play(
            TestConnection handle, ConcurrentLinkedQueue<Statement> shared, Random random, boolean closer)
            throws SQLException {
        int played = 0;
        try {
            for (; played < 60; played++) {
                if (random.nextInt(3) > 0) {
                    shared.add(handle.createStatement());
                }
                Statement statement = random.nextBoolean() ? shared.poll() : null;
                if (statement != null) {
                    statement.close();
                }
                if (closer && played == 30) {
                    handle.close();
                }
            }
        } catch (ClosedHandleException e) {
            assertThat(handle.isSealed()).isTrue();
        }
        return played;
    }

    private static <T> T inOtherThread(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        Thread thread = new Thread(task);
        thread.start();
        return task.get();
    }
}
