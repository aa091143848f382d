/* SPDX-License-Identifier: Apache-2.0 */
/** What a single call costs: JMH benchmarks on the stub driver. */
@NullMarked
package dev.naiad.pool.benchmark.micro;

import org.jspecify.annotations.NullMarked;
