/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a customer asks for. The components are null only until validation has seen the request. */
record NewOrder(
        @NotBlank @Size(max = 100) @Pattern(regexp = PRINTABLE, message = NOT_PRINTABLE)
        String customer,

        @NotEmpty @Size(max = 100) List<@NotNull @Valid Line> lines) {

    // PostgreSQL keeps no NUL in a text, and nobody is called by a line feed.
    private static final String PRINTABLE = "\\P{Cntrl}*";
    private static final String NOT_PRINTABLE = "must not contain control characters";

    /** One wish; several lines may name the same article. */
    record Line(
            @NotBlank @Size(max = 40) @Pattern(regexp = PRINTABLE, message = NOT_PRINTABLE)
            String sku,

            @NotNull @Min(1) @Max(1_000) Integer quantity) {}

    /** The quantities wanted, one per article, in the order of the article numbers. */
    SortedMap<String, Integer> quantitiesBySku() {
        SortedMap<String, Integer> quantities = new TreeMap<>();
        lines.forEach(line -> quantities.merge(line.sku(), line.quantity(), Integer::sum));
        return quantities;
    }
}
