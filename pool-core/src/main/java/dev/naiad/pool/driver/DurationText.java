/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

import dev.naiad.pool.InvalidSettingException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as people write them: seconds, a number with a unit, or ISO 8601. */
final class DurationText {

    private static final Pattern AMOUNT = Pattern.compile("([+-]?\\d{1,18}(?:\\.\\d{1,9})?)\\s*(ms|s|m|h|d|)");
    private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000);

    private DurationText() {}

    static Duration parse(String text) {
        Matcher matcher = AMOUNT.matcher(text.toLowerCase(Locale.ROOT));
        try {
            if (!matcher.matches()) {
                return Duration.parse(text);
            }
            BigDecimal seconds = new BigDecimal(matcher.group(1)).multiply(seconds(matcher.group(2)));
            BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
            return Duration.ofSeconds(
                    whole.longValueExact(),
                    seconds.subtract(whole).multiply(NANOS_PER_SECOND).longValue());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new InvalidSettingException(
                    "duration", text, "seconds, a duration such as 500ms, 30s, 5m, 2h, 1d or PT30S, or none", e);
        }
    }

    private static BigDecimal seconds(String unit) {
        return switch (unit) {
            case "ms" -> new BigDecimal("0.001");
            case "m" -> BigDecimal.valueOf(60);
            case "h" -> BigDecimal.valueOf(3_600);
            case "d" -> BigDecimal.valueOf(86_400);
            default -> BigDecimal.ONE;
        };
    }

    /** In seconds, which is how such settings are given first of all. */
    static String of(@Nullable Duration duration) {
        return duration == null
                ? "none"
                : BigDecimal.valueOf(duration.getSeconds())
                        .add(BigDecimal.valueOf(duration.getNano(), 9))
                        .stripTrailingZeros()
                        .toPlainString();
    }
}
