/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

/** A setting is there twice, in two spellings. */
final class DuplicateSettingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Each with name, value and place. */
    DuplicateSettingException(String one, String other) {
        super(one + " and " + other + " are the same setting in two spellings.");
    }
}
