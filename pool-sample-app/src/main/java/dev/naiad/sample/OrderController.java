/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

@RestController
@RequestMapping("/orders")
class OrderController {

    private final Shop shop;

    OrderController(Shop shop) {
        this.shop = shop;
    }

    @PostMapping
    ResponseEntity<Order> place(@Valid @RequestBody NewOrder wanted) {
        Order order = shop.place(wanted);
        URI location =
                ServletUriComponentsBuilder.fromCurrentRequest().path("/{id}").build(order.id());
        return ResponseEntity.created(location).body(order);
    }

    @GetMapping("/{id}")
    Order order(@PathVariable long id) {
        return shop.order(id).orElseThrow(() -> new NotFoundException("order", id));
    }

    @GetMapping
    List<Order> orders(@RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit) {
        return shop.latestOrders(limit);
    }
}
