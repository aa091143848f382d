/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says where to look once there is something to see. */
@Component
class Welcome {

    private static final Logger log = LoggerFactory.getLogger(Welcome.class);

    private final Environment environment;

    Welcome(Environment environment) {
        this.environment = environment;
    }

    @EventListener(ApplicationReadyEvent.class)
    void welcome() {
        String home = "http://localhost:" + environment.getProperty("local.server.port", "8080");
        log.info("Scenarios: {}/ Console: {}/actuator/naiad", home, home);
    }
}
