/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

/**
 * A whole number that can be chosen for a run.
 *
 * @param name in requests
 * @param meaning for people
 * @param standard what it is unless chosen
 * @param min the least allowed
 * @param max the most allowed
 */
record Parameter(String name, String meaning, int standard, int min, int max) {

    /** How long a scenario goes on that does not end by itself. */
    static Parameter seconds(int standard) {
        return new Parameter("seconds", "How long it goes on, unless it is stopped before", standard, 1, 120);
    }

    /**
     * The number in a request.
     *
     * @throws IllegalArgumentException saying what is allowed
     */
    int parse(String text) {
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(allowed(), e);
        }
        throw new IllegalArgumentException(allowed());
    }

    private String allowed() {
        return "must be a whole number from " + min + " to " + max;
    }
}
