/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.testing;

/**
 * Something a test must not do.
 *
 * @param where its stack is that of the place in the code
 */
record Violation(String what, Throwable where) {}
