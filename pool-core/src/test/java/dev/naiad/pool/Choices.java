/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * Leads a computation that asks for choices through all that it can choose, one run after the other:
 *
 * <pre>{@code
 * do {
 *     compute(choices);
 * } while (choices.next());
 * }</pre>
 */
final class Choices {

    private final List<int[]> made = new ArrayList<>(); // each: what was chosen, of how many
    private int at;

    /** A number from 0 to {@code count - 1}. */
    int among(int count) {
        if (at == made.size()) {
            made.add(new int[] {0, count});
        }
        return made.get(at++)[0];
    }

    /** Goes on to the next combination; false if there is none. */
    boolean next() {
        at = 0;
        while (!made.isEmpty()) {
            int[] last = made.get(made.size() - 1);
            if (++last[0] < last[1]) {
                return true;
            }
            made.remove(made.size() - 1);
        }
        return false;
    }
}
