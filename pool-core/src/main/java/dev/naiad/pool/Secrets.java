/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.util.regex.Pattern;

/** Keeps passwords in JDBC URLs out of logs and messages. No password goes beyond its line: messages may have several, with stacks. */
final class Secrets {

    static final String MASK = "***";

    /** {@code ...password=secret}, up to the next separator; also sslpassword, trustStorePassword, pwd, token, ... */
    private static final Pattern PARAMETER = Pattern.compile(
            "(?i)([\\w.-]*(?:password|passwd|pwd|passphrase|secret|token|apikey)\\s*=\\s*)[^;&\\r\\n]*");

    /** {@code //user:secret@host}. */
    private static final Pattern USER_INFO = Pattern.compile("(//[^/@:?\\r\\n]*:)[^@?\\r\\n]*@");

    /** {@code jdbc:oracle:thin:user/secret@...}. */
    private static final Pattern ORACLE = Pattern.compile("(:thin:[^/@\\r\\n]*/)[^@\\r\\n]*@");

    private Secrets() {}

    static String masked(String url) {
        String text = PARAMETER.matcher(url).replaceAll("$1" + MASK);
        text = USER_INFO.matcher(text).replaceAll("$1" + MASK + "@");
        return ORACLE.matcher(text).replaceAll("$1" + MASK + "@");
    }
}
