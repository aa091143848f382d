/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.KeyHolder;
import org.springframework.stereotype.Repository;

@Repository
class OrderRepository {

    private final JdbcClient jdbc;

    OrderRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Order insert(String customer, Instant placedAt, List<Order.Line> lines) {
        KeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("insert into orders (customer, placed_at) values (:customer, :placedAt)")
                .param("customer", customer)
                .param("placedAt", placedAt.atOffset(ZoneOffset.UTC))
                .update(key, "id");
        long id = Objects.requireNonNull(key.getKeyAs(Long.class));
        for (Order.Line line : lines) {
            jdbc.sql("insert into order_lines (order_id, sku, quantity, unit_price) values (?, ?, ?, ?)")
                    .params(id, line.sku(), line.quantity(), line.unitPrice())
                    .update();
        }
        return new Order(id, customer, placedAt, lines);
    }

    Optional<Order> find(long id) {
        List<Head> heads = jdbc.sql("select id, customer, placed_at from orders where id = :id")
                .param("id", id)
                .query(Head::read)
                .list();
        return withLines(heads).stream().findFirst();
    }

    /** The youngest orders, youngest first. */
    List<Order> findLatest(int limit) {
        return withLines(jdbc.sql("select id, customer, placed_at from orders order by id desc limit :limit")
                .param("limit", limit)
                .query(Head::read)
                .list());
    }

    private List<Order> withLines(List<Head> heads) {
        if (heads.isEmpty()) {
            return List.of();
        }
        Map<Long, List<Order.Line>> lines = jdbc
                .sql("""
                        select order_id, sku, quantity, unit_price from order_lines
                        where order_id in (:ids) order by order_id, sku""")
                .param("ids", heads.stream().map(Head::id).toList())
                .query((row, number) -> Map.entry(row.getLong("order_id"), line(row)))
                .stream()
                .collect(groupingBy(Map.Entry::getKey, mapping(Map.Entry::getValue, toList())));
        return heads.stream()
                .map(head -> head.toOrder(lines.getOrDefault(head.id(), List.of())))
                .toList();
    }

    private static Order.Line line(ResultSet row) throws SQLException {
        return new Order.Line(row.getString("sku"), row.getInt("quantity"), row.getBigDecimal("unit_price"));
    }

    private record Head(long id, String customer, Instant placedAt) {

        static Head read(ResultSet row, int number) throws SQLException {
            return new Head(
                    row.getLong("id"),
                    row.getString("customer"),
                    row.getObject("placed_at", OffsetDateTime.class).toInstant());
        }

        Order toOrder(List<Order.Line> lines) {
            return new Order(id, customer, placedAt, lines);
        }
    }
}
