/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import dev.naiad.sample.scenario.Customer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Orders one of something, whatever it is. */
@Component
class ShopCustomer implements Customer {

    private static final int DELIVERY = 1_000;

    private final Shop shop;
    private final TransactionTemplate transaction;

    ShopCustomer(Shop shop, PlatformTransactionManager transactions) {
        this.shop = shop;
        this.transaction = new TransactionTemplate(transactions);
    }

    @Override
    public void order(Duration thinking) {
        boolean served = false;
        while (!served) {
            served = orderFromStock(thinking);
        }
    }

    /** False if it had to be delivered first; the next choice may be of something else that has run out. */
    private boolean orderFromStock(Duration thinking) {
        try {
            transaction.executeWithoutResult(status -> placeOrder(thinking));
            return true;
        } catch (OutOfStockException e) {
            e.shortages().forEach(shortage -> shop.restock(shortage.sku(), DELIVERY));
            return false;
        }
    }

    private void placeOrder(Duration thinking) {
        List<Product> products = shop.products();
        Pauses.pause(thinking);
        if (!products.isEmpty()) {
            String sku = products.get(ThreadLocalRandom.current().nextInt(products.size()))
                    .sku();
            shop.place(new NewOrder("Customer", List.of(new NewOrder.Line(sku, 1))));
        }
    }
}
