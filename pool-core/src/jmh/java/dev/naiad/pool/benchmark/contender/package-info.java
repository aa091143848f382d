/* SPDX-License-Identifier: Apache-2.0 */
/** The pools that are compared, each set up for the same duties as far as it has them. */
@NullMarked
package dev.naiad.pool.benchmark.contender;

import org.jspecify.annotations.NullMarked;
