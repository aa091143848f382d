/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

/** An article of which more is wanted than there is. */
record Shortage(String sku, int wanted, int available) {}
