/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * A demonstration, not a part of the shop: requests that hold a connection for as long as they are told, so that the
 * pool can be watched while it fills, overflows and makes callers wait.
 */
@RestController
class SlowController {

    private final SlowTransaction transaction;

    SlowController(SlowTransaction transaction) {
        this.transaction = transaction;
    }

    @GetMapping("/slow")
    Held slow(@RequestParam(defaultValue = "200") @Min(0) @Max(5_000) long millis) {
        long start = System.nanoTime();
        Duration held = transaction.hold(Duration.ofMillis(millis));
        Duration waited = Duration.ofNanos(System.nanoTime() - start).minus(held);
        return new Held(waited.toMillis(), held.toMillis());
    }

    /** How long the connection was waited for (its one query included), and how long it was held. */
    record Held(long waitedMillis, long heldMillis) {}
}
