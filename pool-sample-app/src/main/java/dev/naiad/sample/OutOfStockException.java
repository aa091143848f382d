/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import java.util.List;
import java.util.stream.Collectors;

/** An order can't be served in full. Thrown inside the transaction, so nothing of the order stays behind. */
class OutOfStockException extends RuntimeException {

    private final List<Shortage> shortages;

    OutOfStockException(List<Shortage> shortages) {
        super(shortages.stream()
                .map(s -> "Only %d of '%s' left, %d wanted.".formatted(s.available(), s.sku(), s.wanted()))
                .collect(Collectors.joining(" ")));
        this.shortages = List.copyOf(shortages);
    }

    List<Shortage> shortages() {
        return shortages;
    }
}
