/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import java.util.List;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The front page: where everything is. */
@RestController
class IndexController {

    private static final List<String> SHOP = List.of(
            "GET /products",
            "GET /products/{sku}",
            "POST /products/{sku}/restock",
            "POST /orders",
            "GET /orders/{id}",
            "GET /orders?limit=20",
            "GET /slow?millis=200",
            "GET /scenarios",
            "POST /scenarios/{name}",
            "DELETE /scenarios/{name}");

    private final PathMappedEndpoints endpoints;

    IndexController(PathMappedEndpoints endpoints) {
        this.endpoints = endpoints;
    }

    /** For everybody but browsers, which get the page of scenarios. */
    @GetMapping(path = "/", produces = MediaType.APPLICATION_JSON_VALUE)
    Index index() {
        List<String> operations = endpoints.getAllPaths().stream()
                .sorted()
                .map(path -> "GET " + path)
                .toList();
        return new Index(SHOP, operations);
    }

    /** What customers can do, and what operators can see; the latter lists every actuator endpoint that is exposed. */
    record Index(List<String> shop, List<String> operations) {}
}
