/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/** Goods that have arrived. The quantity is null only until validation has seen the request. */
record Restock(@NotNull @Min(1) @Max(10_000) Integer quantity) {}
