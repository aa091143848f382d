/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/** An order as it was placed; its lines keep the prices of that moment. */
record Order(long id, String customer, Instant placedAt, List<Line> lines) {

    Order {
        lines = List.copyOf(lines);
    }

    @JsonProperty
    BigDecimal total() {
        return lines.stream().map(Line::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** One article of the order. */
    record Line(String sku, int quantity, BigDecimal unitPrice) {

        BigDecimal amount() {
            return unitPrice.multiply(BigDecimal.valueOf(quantity));
        }
    }
}
