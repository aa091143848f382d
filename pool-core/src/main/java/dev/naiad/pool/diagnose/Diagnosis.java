/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

/**
 * What an {@link ExhaustionReport} comes to.
 *
 * @param verdict in one word
 * @param evidence what in the report says so, in one sentence
 * @param advice what to do, in one sentence that names the setting or the place in the code
 */
public record Diagnosis(Verdict verdict, String evidence, String advice) {}
