/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import java.math.BigDecimal;

/** An article of the shop and how many of it can still be sold. */
record Product(String sku, String name, BigDecimal price, int stock) {}
