/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import dev.naiad.sample.scenario.FrontPage.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import org.springframework.web.util.UriComponents;

/** The front page for browsers. */
@RestController
class FrontPageController {

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private record Endpoint(String id, String title) {}

    private static final List<Endpoint> ENDPOINTS = List.of(
            new Endpoint("naiad", "Console"), new Endpoint("pools", "Pools as JSON"), new Endpoint("health", "Health"));

    private final FrontPage page;
    private final ScenarioRunner runner;
    private final PathMappedEndpoints endpoints;

    FrontPageController(FrontPage page, ScenarioRunner runner, PathMappedEndpoints endpoints) {
        this.page = page;
        this.runner = runner;
        this.endpoints = endpoints;
    }

    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<String> page() {
        return ResponseEntity.ok()
                .header("Content-Security-Policy", POLICY)
                .body(page.html(base(), links(), runner.descriptions()));
    }

    private static String base() {
        UriComponents shop =
                ServletUriComponentsBuilder.fromCurrentContextPath().build();
        return shop.getHost()
                + (shop.getPort() < 0 ? "" : ":" + shop.getPort())
                + Objects.requireNonNullElse(shop.getPath(), "");
    }

    /** Those endpoints that are exposed. */
    private List<Link> links() {
        List<Link> links = new ArrayList<>();
        for (Endpoint each : ENDPOINTS) {
            String path = endpoints.getPath(EndpointId.of(each.id()));
            if (path != null) {
                links.add(new Link(each.title(), "." + path));
            }
        }
        links.add(new Link("Products", "./products"));
        links.add(new Link("Orders", "./orders"));
        return links;
    }
}
