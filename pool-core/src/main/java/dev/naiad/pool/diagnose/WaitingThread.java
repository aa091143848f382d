/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.time.Duration;

/**
 * A thread that waits for a connection.
 *
 * @param waiting for how long; with {@code patience} zero counted like the times of a {@link Holder}
 * @param attended whether a connection is being opened for it
 */
public record WaitingThread(ThreadIdentity thread, Duration waiting, boolean attended) {}
