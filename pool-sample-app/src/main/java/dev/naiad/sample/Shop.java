/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What can be done in the shop; each call is one transaction on one connection. */
@Service
class Shop {

    private final ProductRepository products;
    private final OrderRepository orders;
    private final Clock clock;

    Shop(ProductRepository products, OrderRepository orders, Clock clock) {
        this.products = products;
        this.orders = orders;
        this.clock = clock;
    }

    /**
     * Takes everything the order needs out of the stock and records the order, or does neither.
     *
     * <p>Products are locked in the order of their numbers, so two orders for the same articles queue up instead of
     * waiting for each other.
     *
     * @throws OutOfStockException naming every article of which there is too little
     * @throws UnknownProductException if the shop does not have an article
     */
    @Transactional
    Order place(NewOrder wanted) {
        List<Order.Line> lines = new ArrayList<>();
        List<Shortage> shortages = new ArrayList<>();
        for (Map.Entry<String, Integer> entry : wanted.quantitiesBySku().entrySet()) {
            String sku = entry.getKey();
            int quantity = entry.getValue();
            boolean reserved = products.reserve(sku, quantity);
            Product product = products.find(sku).orElseThrow(() -> new UnknownProductException(sku));
            if (reserved) {
                lines.add(new Order.Line(sku, quantity, product.price()));
            } else {
                shortages.add(new Shortage(sku, quantity, product.stock()));
            }
        }
        if (!shortages.isEmpty()) {
            throw new OutOfStockException(shortages);
        }
        // Databases keep microseconds: what is answered now is what is read back later.
        Instant placedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return orders.insert(wanted.customer(), placedAt, lines);
    }

    @Transactional
    Optional<Product> restock(String sku, int quantity) {
        return products.restock(sku, quantity) ? products.find(sku) : Optional.empty();
    }

    @Transactional(readOnly = true)
    List<Product> products() {
        return products.findAll();
    }

    @Transactional(readOnly = true)
    Optional<Product> product(String sku) {
        return products.find(sku);
    }

    @Transactional(readOnly = true)
    List<Order> latestOrders(int limit) {
        return orders.findLatest(limit);
    }

    @Transactional(readOnly = true)
    Optional<Order> order(long id) {
        return orders.find(id);
    }
}
