/* SPDX-License-Identifier: Apache-2.0 */
/** What pools send to the database by themselves, counted on the wire. Its other half is among the tests. */
package dev.naiad.pool.benchmark.roundtrips;
