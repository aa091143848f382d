/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.sql.SQLException;

/**
 * Listens to a pool. Override what is of interest; nothing is called, and no event is made, for what is not.
 *
 * <p>Methods run in the thread in which the event happens: {@code firstConnect}, {@code connect} and {@code connectFailed} mostly on the pool's own
 * threads, {@code checkout} in the borrower's, {@code reset} and {@code checkin} in that of whoever closes the connection, or on a thread of
 * the pool's if there is a {@link PoolSettings#resetTimeout}.
 * Where {@link PoolEvent} does not give an exception a meaning, it is logged and otherwise ignored. No listener can cost the
 * pool a connection.
 *
 * <p>SQLAlchemy counterpart: {@code PoolListener} and {@code PoolEvents}.
 */
public interface PoolListener {

    /** See {@link PoolEvent.FirstConnect}. */
    default void firstConnect(PoolEvent.FirstConnect event) throws SQLException {}

    /** See {@link PoolEvent.Connect}: the place for per-connection setup. */
    default void connect(PoolEvent.Connect event) throws SQLException {}

    /** See {@link PoolEvent.ConnectFailed}. */
    default void connectFailed(PoolEvent.ConnectFailed event) throws SQLException {}

    /** See {@link PoolEvent.Checkout}. */
    default void checkout(PoolEvent.Checkout event) throws SQLException {}

    /** See {@link PoolEvent.Reset}: the place for a reset of one's own. */
    default void reset(PoolEvent.Reset event) throws SQLException {}

    /** See {@link PoolEvent.LeftOpen}. */
    default void leftOpen(PoolEvent.LeftOpen event) throws SQLException {}

    /** See {@link PoolEvent.Checkin}. */
    default void checkin(PoolEvent.Checkin event) throws SQLException {}

    /** See {@link PoolEvent.Invalidate}. */
    default void invalidate(PoolEvent.Invalidate event) throws SQLException {}

    /** See {@link PoolEvent.SoftInvalidate}. */
    default void softInvalidate(PoolEvent.SoftInvalidate event) throws SQLException {}

    /** See {@link PoolEvent.Detach}. */
    default void detach(PoolEvent.Detach event) throws SQLException {}

    /** See {@link PoolEvent.CloseDetached}. */
    default void closeDetached(PoolEvent.CloseDetached event) throws SQLException {}

    /** See {@link PoolEvent.Close}. */
    default void close(PoolEvent.Close event) throws SQLException {}

    /** See {@link PoolEvent.Lost}: the place for an alarm. */
    default void lost(PoolEvent.Lost event) throws SQLException {}

    /** See {@link PoolEvent.Waiting}. */
    default void waiting(PoolEvent.Waiting event) throws SQLException {}

    /** See {@link PoolEvent.Waited}. */
    default void waited(PoolEvent.Waited event) throws SQLException {}

    /** See {@link PoolEvent.HeldTooLong}: the place for an alarm. */
    default void heldTooLong(PoolEvent.HeldTooLong event) throws SQLException {}

    /** See {@link PoolEvent.CameBack}. */
    default void cameBack(PoolEvent.CameBack event) throws SQLException {}

    /** See {@link PoolEvent.Nested}. */
    default void nested(PoolEvent.Nested event) throws SQLException {}

    /** See {@link PoolEvent.Deadlock}: the place for an alarm. */
    default void deadlock(PoolEvent.Deadlock event) throws SQLException {}

    /** See {@link PoolEvent.TimedOut}. */
    default void timedOut(PoolEvent.TimedOut event) throws SQLException {}
}
