/* SPDX-License-Identifier: Apache-2.0 */
/** What many threads see of a pool: programs of their own, each run in a fresh JVM. */
@NullMarked
package dev.naiad.pool.benchmark.scenario;

import org.jspecify.annotations.NullMarked;
