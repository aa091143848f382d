/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import java.util.Locale;

/**
 * Something measured.
 *
 * @param key as in the programs that measure it
 * @param title for people, with the unit
 * @param decimals to show
 */
record Metric(String key, String title, int decimals, Better better) {

    enum Better {
        LOW,
        HIGH,
        /** Neither, or not worth a comparison. */
        NEITHER
    }

    static Metric low(String key, String title, int decimals) {
        return new Metric(key, title, decimals, Better.LOW);
    }

    static Metric high(String key, String title, int decimals) {
        return new Metric(key, title, decimals, Better.HIGH);
    }

    static Metric plain(String key, String title, int decimals) {
        return new Metric(key, title, decimals, Better.NEITHER);
    }

    String format(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /** How many times better a value is than another. */
    double advantage(double value, double other) {
        return better == Better.LOW ? other / value : value / other;
    }
}
