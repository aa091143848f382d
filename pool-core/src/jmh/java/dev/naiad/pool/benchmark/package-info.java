/* SPDX-License-Identifier: Apache-2.0 */
/** Runs the benchmarks and writes the report. */
@NullMarked
package dev.naiad.pool.benchmark;

import org.jspecify.annotations.NullMarked;
