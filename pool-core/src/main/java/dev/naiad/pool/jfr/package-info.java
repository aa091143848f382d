/* SPDX-License-Identifier: Apache-2.0 */
/** The events of the JDK's flight recorder. They know nothing of the pool, and need the module {@code jdk.jfr}. */
@NullMarked
package dev.naiad.pool.jfr;

import org.jspecify.annotations.NullMarked;
