/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

/** The address names a product or an order that does not exist. */
class NotFoundException extends RuntimeException {

    NotFoundException(String kind, Object key) {
        super("There is no %s '%s'.".formatted(kind, key));
    }
}
