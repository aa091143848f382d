/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
class ScenarioRequestTests {

    private final RestTestClient client;
    private final Stage stage;

    @Autowired
    ScenarioRequestTests(RestTestClient client) {
        this.client = client;
        this.stage = new Stage(client, "dataSource");
    }

    @AfterEach
    void stopAll() {
        stage.stopAll();
    }

    @Test
    void allScenariosAreListedWithWhatToExpect() {
        client.get()
                .uri("/scenarios")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$[*].name")
                .isEqualTo(List.of(
                        "leak",
                        "nested-checkout",
                        "slow-query",
                        "idle-in-transaction",
                        "database-outage",
                        "burst",
                        "credential-rotation",
                        "too-small-pool"))
                .jsonPath("$[0].expect.verdict")
                .isEqualTo("LEAK")
                .jsonPath("$[0].parameters[0].name")
                .isEqualTo("seconds")
                .jsonPath("$[0].lookAt")
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "burst?threads=0 | threads | must be a whole number from 1 to 200",
                "burst?threads=many | threads | must be a whole number from 1 to 200",
                "burst?requests=100001 | requests | must be a whole number from 1 to 100000",
                "burst?holdMillis=-1 | holdMillis | must be a whole number from 0 to 2000",
                "leak?seconds=121 | seconds | must be a whole number from 1 to 120",
                "leak?second=1 | second | is unknown, there is seconds"
            })
    void whatIsNotAllowedIsNamed(String request, String field, String message) {
        byte[] body = problem(client.post().uri("/scenarios/" + request).exchange(), HttpStatus.BAD_REQUEST)
                .returnResult()
                .getResponseBodyContent();
        String json = new String(Objects.requireNonNull(body), StandardCharsets.UTF_8);

        assertThat(JsonPath.<List<String>>read(json, "$.errors[*].field")).containsExactly(field);
        assertThat(JsonPath.<List<String>>read(json, "$.errors[*].message")).containsExactly(message);
    }

    @Test
    void parametersMayBeSentAsAForm() {
        client.post()
                .uri("/scenarios/burst")
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .body("threads=2&requests=7&holdMillis=0")
                .exchange()
                .expectStatus()
                .isAccepted()
                .expectBody()
                .jsonPath("$.run.arguments.requests")
                .isEqualTo(7);

        assertThat(stage.awaitEnd("burst").<Integer>read("$.run.figures.served"))
                .isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "DELETE"})
    void aScenarioThatDoesNotExistIsNotFound(String method) {
        problem(
                        client.method(HttpMethod.valueOf(method))
                                .uri("/scenarios/flood")
                                .exchange(),
                        HttpStatus.NOT_FOUND)
                .jsonPath("$.detail")
                .value(detail -> assertThat((String) detail).contains("'flood'", "leak"));
    }

    @Test
    void aScenarioThatIsRunningIsNotStartedASecondTime() {
        stage.start("burst", "threads=1&requests=100000&holdMillis=10");

        problem(client.post().uri("/scenarios/burst").exchange(), HttpStatus.CONFLICT)
                .jsonPath("$.detail")
                .value(detail -> assertThat((String) detail).contains("DELETE /scenarios/burst"));
        assertThat(stage.stop("burst").<String>read("$.run.state")).isEqualTo("STOPPED");

        stage.start("burst", "threads=1&requests=1&holdMillis=0");
        assertThat(stage.awaitEnd("burst").<String>read("$.run.state")).isEqualTo("FINISHED");
    }

    private static RestTestClient.BodyContentSpec problem(RestTestClient.ResponseSpec response, HttpStatus status) {
        return response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody();
    }
}
