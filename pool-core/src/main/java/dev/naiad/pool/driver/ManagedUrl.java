/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

import dev.naiad.pool.InvalidSettingException;
import dev.naiad.pool.PoolConfig;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A URL of the form {@code jdbc:naiad:<real URL>} or {@code jdbc:naiad:<setting>=<value>&...:<real URL>}, taken apart.
 * Settings stand before the real URL because what follows it belongs to the real driver.
 */
record ManagedUrl(Map<ManagedSetting, String> settings, String url) {

    static final String PREFIX = "jdbc:naiad:";

    private static final String JDBC = "jdbc:";
    private static final String BORDER = ":" + JDBC;
    private static final String FORM =
            "jdbc:naiad:<JDBC URL> or jdbc:naiad:<setting>=<value>&<setting>=<value>:<JDBC URL>";

    static boolean isManaged(@Nullable String url) {
        return url != null && startsWith(url, PREFIX, 0);
    }

    static ManagedUrl parse(String url) {
        if (!isManaged(url)) {
            throw refused(url, FORM);
        }
        Map<ManagedSetting, String> settings = new EnumMap<>(ManagedSetting.class);
        int start = PREFIX.length();
        if (!startsWith(url, JDBC, start)) {
            int border = border(url, start);
            for (String assignment : url.substring(start, border).split("&", -1)) {
                int equals = assignment.indexOf('=');
                if (equals < 0) {
                    throw refused(url, FORM);
                }
                ManagedSetting setting = ManagedSetting.of(assignment.substring(0, equals), "");
                ConnectArguments.put(settings, setting, decoded(setting, assignment.substring(equals + 1)));
            }
            start = border + 1;
        }
        String real = url.substring(start);
        if (isManaged(real)) {
            throw refused(url, "jdbc:naiad: once; a pool of pooled connections would only count them twice");
        }
        return new ManagedUrl(settings, real);
    }

    private static int border(String url, int start) {
        for (int i = start; i < url.length(); i++) {
            if (startsWith(url, BORDER, i)) {
                return i;
            }
        }
        throw refused(url, FORM);
    }

    private static boolean startsWith(String url, String what, int at) {
        return url.regionMatches(true, at, what, 0, what.length());
    }

    private static String decoded(ManagedSetting setting, String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(
                    setting.property(), value, "a value in which % is followed by two hexadecimal digits", e);
        }
    }

    private static InvalidSettingException refused(String url, String allowed) {
        return new InvalidSettingException(
                "url", PoolConfig.builder().url(url).build().maskedUrl(), allowed);
    }
}
