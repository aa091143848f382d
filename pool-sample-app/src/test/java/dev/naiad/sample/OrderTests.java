/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Each test sells products of its own, so none depends on what another has sold. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
class OrderTests {

    private final RestTestClient client;
    private final JdbcClient jdbc;

    @Autowired
    OrderTests(RestTestClient client, JdbcClient jdbc) {
        this.client = client;
        this.jdbc = jdbc;
    }

    @Test
    void aPlacedOrderCanBeReadBack() {
        stock("readback-fins", "20.00", 10);
        stock("readback-mask", "15.50", 10);

        Order placed = placed(new NewOrder("Ada", List.of(line("readback-mask", 2), line("readback-fins", 1))));

        assertThat(placed.customer()).isEqualTo("Ada");
        assertThat(placed.total()).isEqualByComparingTo("51.00");
        assertThat(placed.lines())
                .containsExactly(
                        new Order.Line("readback-fins", 1, new BigDecimal("20.00")),
                        new Order.Line("readback-mask", 2, new BigDecimal("15.50")));
        assertThat(order(URI.create("/orders/" + placed.id()))).isEqualTo(placed);
        assertThat(latestOrders()).contains(placed);
        assertThat(stockOf("readback-fins")).isEqualTo(9);
        assertThat(stockOf("readback-mask")).isEqualTo(8);
    }

    @Test
    void theLocationOfAPlacedOrderLeadsToIt() {
        stock("location-fins", "20.00", 10);

        var response =
                place(new NewOrder("Ben", List.of(line("location-fins", 1)))).returnResult(Order.class);

        URI location = Objects.requireNonNull(response.getResponseHeaders().getLocation());
        assertThat(order(URI.create(location.getPath()))).isEqualTo(response.getResponseBody());
    }

    @Test
    void linesForTheSameProductBecomeOne() {
        stock("twice-fins", "20.00", 10);

        Order placed = placed(new NewOrder("Cleo", List.of(line("twice-fins", 2), line("twice-fins", 3))));

        assertThat(placed.lines()).containsExactly(new Order.Line("twice-fins", 5, new BigDecimal("20.00")));
        assertThat(stockOf("twice-fins")).isEqualTo(5);
    }

    @Test
    void anOrderKeepsThePriceOfItsDay() {
        stock("dear-fins", "20.00", 10);
        Order placed = placed(new NewOrder("Dora", List.of(line("dear-fins", 1))));

        jdbc.sql("update products set price = 99 where sku = 'dear-fins'").update();

        assertThat(order(URI.create("/orders/" + placed.id())).total()).isEqualByComparingTo("20.00");
    }

    @Test
    void anOrderThatCantBeServedInFullLeavesStockAndOrdersUnchanged() {
        stock("scarce-a-fins", "20.00", 5);
        stock("scarce-b-mask", "15.50", 1);
        stock("scarce-c-tube", "9.00", 0);
        stock("scarce-d-belt", "30.00", 5);

        place(new NewOrder(
                        "Unlucky",
                        List.of(
                                line("scarce-a-fins", 2),
                                line("scarce-b-mask", 2),
                                line("scarce-c-tube", 1),
                                line("scarce-d-belt", 1))))
                .expectStatus()
                .isEqualTo(HttpStatus.CONFLICT)
                .expectBody()
                .jsonPath("$.title")
                .isEqualTo("Out of stock")
                .jsonPath("$.shortages.length()")
                .isEqualTo(2)
                .jsonPath("$.shortages[0].sku")
                .isEqualTo("scarce-b-mask")
                .jsonPath("$.shortages[0].available")
                .isEqualTo(1)
                .jsonPath("$.shortages[1].sku")
                .isEqualTo("scarce-c-tube");

        assertThat(stockOf("scarce-a-fins")).isEqualTo(5);
        assertThat(stockOf("scarce-b-mask")).isEqualTo(1);
        assertThat(stockOf("scarce-c-tube")).isZero();
        assertThat(stockOf("scarce-d-belt")).isEqualTo(5);
        assertThat(ordersOf("Unlucky")).isZero();
    }

    @Test
    void restockedGoodsCanBeSold() {
        stock("restocked-fins", "20.00", 0);

        client.post()
                .uri("/products/restocked-fins/restock")
                .body(new Restock(3))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.stock")
                .isEqualTo(3);

        placed(new NewOrder("Emil", List.of(line("restocked-fins", 3))));
        assertThat(stockOf("restocked-fins")).isZero();
    }

    @Test
    void concurrentOrdersForTheLastItemsNeverOversell() throws Exception {
        stock("last-fins", "20.00", 7);

        List<HttpStatus> answers = placeAtOnce(24, i -> new NewOrder("Crowd", List.of(line("last-fins", 1))));

        assertThat(answers).filteredOn(HttpStatus.CREATED::equals).hasSize(7);
        assertThat(answers).filteredOn(HttpStatus.CONFLICT::equals).hasSize(17);
        assertThat(stockOf("last-fins")).isZero();
        assertThat(ordersOf("Crowd")).isEqualTo(7);
    }

    @Test
    void concurrentOrdersForTheSameProductsInOppositeOrderAllSucceed() throws Exception {
        stock("crossed-fins", "20.00", 100);
        stock("crossed-mask", "15.50", 100);
        List<NewOrder.Line> there = List.of(line("crossed-fins", 1), line("crossed-mask", 1));
        List<NewOrder.Line> back = List.of(line("crossed-mask", 1), line("crossed-fins", 1));

        List<HttpStatus> answers = placeAtOnce(40, i -> new NewOrder("Crossing", i % 2 == 0 ? there : back));

        assertThat(answers).containsOnly(HttpStatus.CREATED);
        assertThat(stockOf("crossed-fins")).isEqualTo(60);
        assertThat(stockOf("crossed-mask")).isEqualTo(60);
    }

    /** Places the orders from as many threads, let go together; the answers come in the order of the index. */
    private List<HttpStatus> placeAtOnce(int count, IntFunction<NewOrder> order) throws Exception {
        CountDownLatch ready = new CountDownLatch(count);
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService customers = Executors.newFixedThreadPool(count);
        try {
            List<Future<HttpStatus>> answers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                NewOrder wanted = order.apply(i);
                answers.add(customers.submit(() -> {
                    ready.countDown();
                    go.await();
                    return HttpStatus.valueOf(
                            place(wanted).returnResult(String.class).getStatus().value());
                }));
            }
            assertThat(ready.await(30, TimeUnit.SECONDS)).isTrue();
            go.countDown();
            List<HttpStatus> statuses = new ArrayList<>();
            for (Future<HttpStatus> answer : answers) {
                statuses.add(answer.get(60, TimeUnit.SECONDS));
            }
            return statuses;
        } finally {
            customers.shutdownNow();
        }
    }

    private RestTestClient.ResponseSpec place(NewOrder wanted) {
        return client.post().uri("/orders").body(wanted).exchange();
    }

    private Order placed(NewOrder wanted) {
        return Objects.requireNonNull(place(wanted)
                .expectStatus()
                .isCreated()
                .expectBody(Order.class)
                .returnResult()
                .getResponseBody());
    }

    private Order order(URI path) {
        return Objects.requireNonNull(client.get()
                .uri(path.getPath())
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(Order.class)
                .returnResult()
                .getResponseBody());
    }

    private List<Order> latestOrders() {
        return Objects.requireNonNull(client.get()
                .uri("/orders?limit=100")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(new ParameterizedTypeReference<List<Order>>() {})
                .returnResult()
                .getResponseBody());
    }

    private void stock(String sku, String price, int stock) {
        jdbc.sql("insert into products (sku, name, price, stock) values (?, ?, ?, ?)")
                .params(sku, sku, new BigDecimal(price), stock)
                .update();
    }

    private int stockOf(String sku) {
        return Objects.requireNonNull(client.get()
                        .uri("/products/{sku}", sku)
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody(Product.class)
                        .returnResult()
                        .getResponseBody())
                .stock();
    }

    private long ordersOf(String customer) {
        return jdbc.sql("select count(*) from orders where customer = ?")
                .param(customer)
                .query(Long.class)
                .single();
    }

    private static NewOrder.Line line(String sku, int quantity) {
        return new NewOrder.Line(sku, quantity);
    }
}
