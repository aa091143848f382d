/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.intercept;

/**
 * One statement to execute.
 *
 * @param sql as the driver gets it
 * @param parameters those of a prepared or callable statement
 */
public record Command(String sql, Parameters parameters) {}
