/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.time.Duration;

/** What scenarios want of the shop: real work, by any number of threads at the same time. */
public interface Customer {

    /**
     * Looks at the catalogue, thinks it over, and orders something, all in one transaction, so that the connection is held while
     * thinking. Goods that have run out are ordered anew.
     */
    void order(Duration thinking);
}
