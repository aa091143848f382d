/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import dev.naiad.pool.Suspension;
import org.jspecify.annotations.Nullable;

/**
 * What comes with an operation.
 *
 * @param poolSize the new pool size
 * @param maxOverflow the new overflow
 * @param callers what callers of a suspended pool meet
 */
record PoolArguments(
        @Nullable Integer poolSize,
        @Nullable Integer maxOverflow,
        @Nullable Suspension callers) {}
