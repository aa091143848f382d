/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.console;

import java.util.Collection;
import java.util.Optional;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;

/**
 * Where the console finds things, relative to its page.
 *
 * @param folder below which its files are
 * @param pools the endpoint it shows; empty if that is not exposed
 * @param writable whether that endpoint may change pools
 */
record ConsoleLinks(String folder, String pools, boolean writable) {

    static ConsoleLinks of(Collection<ExposableWebEndpoint> exposed, EndpointId console, EndpointId shown) {
        String own =
                find(exposed, console).map(ExposableWebEndpoint::getRootPath).orElse(console.toLowerCaseString());
        Optional<ExposableWebEndpoint> pools = find(exposed, shown);
        return new ConsoleLinks(
                own.substring(own.lastIndexOf('/') + 1),
                pools.map(endpoint -> upFrom(own) + endpoint.getRootPath()).orElse(""),
                pools.filter(endpoint -> endpoint.getOperations().stream()
                                .anyMatch(operation -> operation.getType() == OperationType.WRITE))
                        .isPresent());
    }

    private static Optional<ExposableWebEndpoint> find(Collection<ExposableWebEndpoint> exposed, EndpointId id) {
        return exposed.stream()
                .filter(endpoint -> endpoint.getEndpointId().equals(id))
                .findFirst();
    }

    /** Paths of endpoints may be mapped to deeper ones. */
    private static String upFrom(String path) {
        return "../".repeat((int) path.chars().filter(c -> c == '/').count());
    }
}
