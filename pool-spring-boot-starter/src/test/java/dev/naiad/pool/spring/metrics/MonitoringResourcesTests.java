/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.naiad.pool.CloseReason;
import dev.naiad.pool.spring.Applications;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.yaml.snakeyaml.Yaml;

/** The dashboard and the alert rules that ship with the starter ask for metrics that exist. */
class MonitoringResourcesTests {

    private static final Pattern METRIC = Pattern.compile("\\bnaiad_[a-z_]+");
    private static final Pattern REASON = Pattern.compile("reason=\"([^\"]*)\"");

    private static final Set<String> PUBLISHED = published();

    private static Set<String> published() {
        try (var context = Applications.run(Applications.withDatabase("naiad.metrics.timers=wait,open,hold,reset"))) {
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            context.getBean(PoolMetrics.class).bindTo(registry);
            return registry.scrape()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("[{ ]")[0])
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void dashboardAsksForMetricsThatExist() throws IOException {
        String dashboard = read("grafana-dashboard.json");
        List<String> expressions = JsonPath.parse(dashboard).read("$.panels[*].targets[*].expr");
        List<String> variables = JsonPath.parse(dashboard).read("$.templating.list[1:].query");
        assertThat(expressions).hasSizeGreaterThan(8).allSatisfy(MonitoringResourcesTests::exists);
        assertThat(variables).isNotEmpty().allSatisfy(MonitoringResourcesTests::exists);
    }

    @Test
    void dashboardShowsEveryMetric() throws IOException {
        List<String> expressions =
                JsonPath.parse(read("grafana-dashboard.json")).read("$.panels[*].targets[*].expr");
        assertThat(metricsIn(String.join(" ", expressions))).containsExactlyInAnyOrderElementsOf(PUBLISHED);
    }

    @Test
    void alertsAskForMetricsAndReasonsThatExist() throws IOException {
        List<Map<String, Object>> rules = rules();
        assertThat(rules).hasSizeGreaterThan(4).allSatisfy(rule -> {
            String expression = (String) rule.get("expr");
            exists(expression);
            REASON.matcher(expression)
                    .results()
                    .forEach(reason -> assertThat(Arrays.stream(CloseReason.values())
                                    .map(value -> value.name().toLowerCase(Locale.ROOT)))
                            .contains(reason.group(1)));
            assertThat(rule).containsKeys("alert", "labels", "annotations");
        });
    }

    private static List<Map<String, Object>> rules() throws IOException {
        Map<String, List<Map<String, List<Map<String, Object>>>>> file = new Yaml().load(read("prometheus-alerts.yml"));
        List<Map<String, Object>> rules = new ArrayList<>();
        file.get("groups").forEach(group -> rules.addAll(group.get("rules")));
        return rules;
    }

    private static void exists(String expression) {
        assertThat(PUBLISHED).containsAll(metricsIn(expression));
        assertThat(metricsIn(expression)).isNotEmpty();
    }

    private static Set<String> metricsIn(String expression) {
        return METRIC.matcher(expression).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    private static String read(String file) throws IOException {
        return new ClassPathResource("META-INF/naiad/" + file).getContentAsString(StandardCharsets.UTF_8);
    }
}
