/* SPDX-License-Identifier: Apache-2.0 */
/** A driver whose calls take no time, or exactly as long as the URL says. */
@NullMarked
package dev.naiad.pool.stub;

import org.jspecify.annotations.NullMarked;
