/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.console;

/**
 * Shows that a request comes from the page and not from one that was made to forge it.
 *
 * @param header the header to send it in
 */
record ForgeryToken(String header, String value) {

    static final ForgeryToken NONE = new ForgeryToken("", "");
}
