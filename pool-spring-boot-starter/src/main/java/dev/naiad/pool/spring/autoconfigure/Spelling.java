/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which word was meant. */
final class Spelling {

    /** Beyond so many edits the resemblance is chance. */
    private static final int FARTHEST = 4;

    private Spelling() {}

    /** The word that resembles most what was written, if one does. */
    static Optional<String> nearest(String written, Collection<String> words) {
        String wanted = bare(written);
        return words.stream()
                .filter(word -> distance(wanted, bare(word)) <= Math.min(FARTHEST, wanted.length() / 2))
                .min(Comparator.comparingInt(word -> distance(wanted, bare(word))));
    }

    /** Whether they are the same but for capitals, hyphens and underscores. */
    static boolean isSame(String one, String other) {
        return one.replaceAll("[-_]", "").equalsIgnoreCase(other.replaceAll("[-_]", ""));
    }

    private static String bare(String word) {
        return word.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
    }

    /** The number of characters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        Arrays.setAll(previous, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
