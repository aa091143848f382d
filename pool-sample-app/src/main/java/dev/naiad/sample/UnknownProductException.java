/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

/** An order names an article the shop does not have. */
class UnknownProductException extends RuntimeException {

    private final String sku;

    UnknownProductException(String sku) {
        super("There is no product '%s'.".formatted(sku));
        this.sku = sku;
    }

    String sku() {
        return sku;
    }
}
