/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class ProductRepository {

    private final JdbcClient jdbc;

    ProductRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Product> findAll() {
        return jdbc.sql("select sku, name, price, stock from products order by sku")
                .query(ProductRepository::read)
                .list();
    }

    Optional<Product> find(String sku) {
        return jdbc.sql("select sku, name, price, stock from products where sku = :sku")
                .param("sku", sku)
                .query(ProductRepository::read)
                .optional();
    }

    /** Takes the quantity out of the stock, if it is there; the row stays locked until the transaction ends. */
    boolean reserve(String sku, int quantity) {
        return jdbc.sql("update products set stock = stock - :quantity where sku = :sku and stock >= :quantity")
                        .param("sku", sku)
                        .param("quantity", quantity)
                        .update()
                == 1;
    }

    /** Adds the quantity to the stock. False if there is no such product. */
    boolean restock(String sku, int quantity) {
        return jdbc.sql("update products set stock = stock + :quantity where sku = :sku")
                        .param("sku", sku)
                        .param("quantity", quantity)
                        .update()
                == 1;
    }

    private static Product read(ResultSet row, int number) throws SQLException {
        return new Product(
                row.getString("sku"), row.getString("name"), row.getBigDecimal("price"), row.getInt("stock"));
    }
}
