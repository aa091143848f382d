/* SPDX-License-Identifier: Apache-2.0 */
/** What another pool says when connections run short, for the table in {@code docs/diagnosis.md}. */
package dev.naiad.pool.benchmark.incidents;
