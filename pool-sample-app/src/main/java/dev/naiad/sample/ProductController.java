/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import jakarta.validation.Valid;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/products")
class ProductController {

    private final Shop shop;

    ProductController(Shop shop) {
        this.shop = shop;
    }

    @GetMapping
    List<Product> products() {
        return shop.products();
    }

    @GetMapping("/{sku}")
    Product product(@PathVariable String sku) {
        return shop.product(sku).orElseThrow(() -> new NotFoundException("product", sku));
    }

    @PostMapping("/{sku}/restock")
    Product restock(@PathVariable String sku, @Valid @RequestBody Restock restock) {
        return shop.restock(sku, restock.quantity()).orElseThrow(() -> new NotFoundException("product", sku));
    }
}
