/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.MediaType;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.web.servlet.client.RestTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@ActiveProfiles("two-pools")
class TwoPoolsTests {

    private final RestTestClient client;
    private final Stage orders;
    private final Stage reporting;

    @Autowired
    TwoPoolsTests(RestTestClient client) {
        this.client = client;
        this.orders = new Stage(client, "orders");
        this.reporting = new Stage(client, "reporting");
    }

    @Test
    void anOrderGoesThroughOnePoolAndIsReadThroughTheOther() {
        int written = checkouts(orders);
        Map<String, ?> order = Map.of("customer", "Ada", "lines", List.of(Map.of("sku", "towel", "quantity", 1)));

        client.post()
                .uri("/orders")
                .contentType(MediaType.APPLICATION_JSON)
                .body(order)
                .exchange()
                .expectStatus()
                .isCreated();
        int afterWriting = checkouts(orders);
        assertThat(afterWriting).isGreaterThan(written);

        int read = checkouts(reporting);
        client.get()
                .uri("/orders?limit=1")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$[0].customer")
                .isEqualTo("Ada");
        assertThat(checkouts(reporting)).isGreaterThan(read);
        assertThat(checkouts(orders)).isEqualTo(afterWriting);
    }

    @Test
    void reportsAreReadWhileOrdersHaveNoConnectionLeft() {
        orders.start("leak", "seconds=60");
        assertThat(orders.awaitVerdict("LEAK").<String>read("$.diagnosis.advice"))
                .contains("StockList.print(StockList.java:");

        client.get().uri("/products").exchange().expectStatus().isOk();
        assertThat(reporting.pool().<String>read("$.diagnosis.verdict")).isEqualTo("HEALTHY");
        orders.stop("leak");
        orders.assertPoolIsWhole();
    }

    @Test
    void bothPoolsAreRotated() {
        orders.start("credential-rotation", "seconds=1");

        assertThat(orders.awaitEnd("credential-rotation").<List<String>>read("$.run.notes[*].text"))
                .anySatisfy(note -> assertThat(note).startsWith("Pool 'orders'"))
                .anySatisfy(note -> assertThat(note).startsWith("Pool 'reporting'"));
        orders.assertPoolIsWhole();
        reporting.assertPoolIsWhole();
    }

    private static int checkouts(Stage stage) {
        return stage.pool().read("$.figures.checkouts");
    }
}
