/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
class ProblemTests {

    private final RestTestClient client;

    @Autowired
    ProblemTests(RestTestClient client) {
        this.client = client;
    }

    @Test
    void anInvalidOrderIsAnsweredWithEachFieldToMend() {
        String body = """
                {
                    "customer": " ",
                    "lines": [{"sku": "towel", "quantity": 1}, {"sku": "", "quantity": 0}, {"sku": "towel"}]
                }
                """;

        assertThat(fields(post("/orders", body)))
                .containsExactly("customer", "lines[1].quantity", "lines[1].sku", "lines[2].quantity");
    }

    @Test
    void anOrderWithoutLinesIsRefused() {
        assertThat(fields(post("/orders", "{\"customer\": \"Ada\", \"lines\": []}")))
                .containsExactly("lines");
        assertThat(fields(post("/orders", "{\"customer\": \"Ada\"}"))).containsExactly("lines");
        assertThat(fields(post("/orders", "{\"customer\": \"Ada\", \"lines\": [null]}")))
                .containsExactly("lines[0]");
    }

    @Test
    void controlCharactersAreRefused() {
        String body = """
                {"customer": "A\\u0000da", "lines": [{"sku": "tow\\nel", "quantity": 1}]}
                """;

        assertThat(fields(post("/orders", body))).containsExactly("customer", "lines[0].sku");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"two\"", "1.5", "99999999999", "{}"})
    void aQuantityThatIsNoWholeNumberIsNamed(String quantity) {
        String body = """
                {"customer": "Ada", "lines": [{"sku": "towel", "quantity": %s}]}
                """.formatted(quantity);

        assertThat(fields(post("/orders", body))).containsExactly("lines[0].quantity");
    }

    @Test
    void aBodyThatIsNoJsonIsABadRequest() {
        problem(post("/orders", "towel, please"), HttpStatus.BAD_REQUEST)
                .jsonPath("$.detail")
                .isEqualTo("The request body can't be read.");
    }

    @Test
    void anOrderForAnUnknownProductIsABadRequest() {
        String body = "{\"customer\": \"Ada\", \"lines\": [{\"sku\": \"dry-water\", \"quantity\": 1}]}";

        problem(post("/orders", body), HttpStatus.BAD_REQUEST)
                .jsonPath("$.errors[0].field")
                .isEqualTo("lines")
                .jsonPath("$.detail")
                .isEqualTo("There is no product 'dry-water'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/products/dry-water", "/orders/999999", "/no-such-page"})
    void whatDoesNotExistIsNotFound(String path) {
        problem(get(path), HttpStatus.NOT_FOUND).jsonPath("$.instance").isEqualTo(path);
    }

    @Test
    void anUnknownProductCantBeRestocked() {
        problem(post("/products/dry-water/restock", "{\"quantity\": 1}"), HttpStatus.NOT_FOUND)
                .jsonPath("$.detail")
                .isEqualTo("There is no product 'dry-water'.");
    }

    @Test
    void aRestockOfNothingIsRefused() {
        assertThat(fields(post("/products/towel/restock", "{\"quantity\": 0}"))).containsExactly("quantity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders?limit=0", "/orders?limit=101"})
    void theNumberOfOrdersListedIsBounded(String path) {
        assertThat(fields(get(path))).containsExactly("limit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/slow?millis=-1", "/slow?millis=5001"})
    void theTimeAConnectionIsHeldIsBounded(String path) {
        assertThat(fields(get(path))).containsExactly("millis");
    }

    private RestTestClient.ResponseSpec get(String path) {
        return client.get().uri(path).exchange();
    }

    private RestTestClient.ResponseSpec post(String path, String json) {
        return client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json)
                .exchange();
    }

    private static RestTestClient.BodyContentSpec problem(RestTestClient.ResponseSpec response, HttpStatus status) {
        return response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody();
    }

    private static List<String> fields(RestTestClient.ResponseSpec response) {
        byte[] body = problem(response, HttpStatus.BAD_REQUEST).returnResult().getResponseBodyContent();
        return JsonPath.read(new String(Objects.requireNonNull(body), StandardCharsets.UTF_8), "$.errors[*].field");
    }
}
