/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has every {@code await()} look at once, then after one millisecond, two, and so on up to twenty, rather than ten times a second; and
 * be patient, for a machine that is slow. JUnit finds it by itself.
 */
public final class CloseLooks implements BeforeAllCallback {

    private static final int LONGEST_MILLIS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval((count, previous) -> Duration.ofMillis(Math.min(count, LONGEST_MILLIS)));
        Awaitility.setDefaultTimeout(PATIENCE);
    }
}
