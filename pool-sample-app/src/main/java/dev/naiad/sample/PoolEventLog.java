/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import dev.naiad.pool.spring.event.PoolApplicationEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Writes down what happens to the pool's connections. No event is made for the kinds that are not listened to here. */
@Component
class PoolEventLog {

    private static final Logger log = LoggerFactory.getLogger(PoolEventLog.class);

    @EventListener
    void opened(PoolApplicationEvent.Connect event) {
        log.info("{} opened connection {}", event.getPoolName(), event.getEntryId());
    }

    @EventListener
    void closed(PoolApplicationEvent.Close event) {
        log.info("{} closed connection {}: {}", event.getPoolName(), event.getEntryId(), event.getReason());
    }

    @EventListener
    void timedOut(PoolApplicationEvent.TimedOut event) {
        log.warn("A caller waited in vain: {}", event.getException().getMessage());
    }
}
