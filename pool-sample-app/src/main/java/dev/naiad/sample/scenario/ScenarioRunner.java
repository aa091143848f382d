/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Runs scenarios, each once at a time. When the application stops, before anything else does, they are ended and cleared away. */
@Component
class ScenarioRunner implements SmartLifecycle {

    /** For a scenario to put things in order: a database may have to be started. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(ScenarioRunner.class);

    private final Map<String, Scenario> scenarios = new LinkedHashMap<>();
    private final Map<String, Run> latest = new ConcurrentHashMap<>();
    private final Clock clock;
    private volatile boolean open;

    ScenarioRunner(List<Scenario> scenarios, Clock clock) {
        scenarios.forEach(scenario -> this.scenarios.put(scenario.description().name(), scenario));
        this.clock = clock;
    }

    /** All, in their order. */
    List<Description> descriptions() {
        return scenarios.values().stream().map(Scenario::description).toList();
    }

    /** The one of this name. */
    Description description(String name) {
        return scenario(name).description();
    }

    /** The present or last run of a scenario. */
    Optional<Run> latestOf(String name) {
        return Optional.ofNullable(latest.get(scenario(name).description().name()));
    }

    private Scenario scenario(String name) {
        Scenario scenario = scenarios.get(name);
        if (scenario == null) {
            throw ScenarioException.unknown(name, scenarios.keySet());
        }
        return scenario;
    }

    /**
     * Begins a run.
     *
     * @param wishes parameters by name
     * @throws ScenarioException if there is no such scenario, it is running, or what is wished for is not allowed
     */
    Run start(String name, Map<String, String> wishes) {
        Scenario scenario = scenario(name);
        Run next = new Run(name, arguments(scenario.description(), wishes), clock);
        Run present = latest.compute(name, (key, former) -> {
            if (!open) {
                throw ScenarioException.closing();
            }
            return former == null || former.hasEnded() ? next : former;
        });
        if (!present.equals(next)) {
            throw ScenarioException.running(name);
        }
        next.crew().start(() -> {
            perform(scenario, next);
            return null;
        });
        return next;
    }

    private static Map<String, Integer> arguments(Description description, Map<String, String> wishes) {
        Map<String, Integer> arguments = new LinkedHashMap<>();
        Map<String, String> wrong = new TreeMap<>();
        for (Parameter parameter : description.parameters()) {
            String wish = wishes.get(parameter.name());
            try {
                arguments.put(parameter.name(), wish == null ? parameter.standard() : parameter.parse(wish));
            } catch (IllegalArgumentException e) {
                wrong.put(parameter.name(), String.valueOf(e.getMessage()));
            }
        }
        List<String> known =
                description.parameters().stream().map(Parameter::name).toList();
        wishes.keySet().stream()
                .filter(wish -> !known.contains(wish))
                .forEach(wish -> wrong.put(
                        wish,
                        known.isEmpty()
                                ? "is unknown, there are no parameters"
                                : "is unknown, there is " + String.join(", ", known)));
        if (!wrong.isEmpty()) {
            throw ScenarioException.wrong(wrong);
        }
        return arguments;
    }

    private static void perform(Scenario scenario, Run run) {
        log.info("Scenario '{}' begins", run);
        @Nullable Throwable failure = null;
        try {
            scenario.play(run);
        } catch (Throwable e) { // whatever it is, the run has to end
            failure = e;
        }
        if (failure == null) {
            run.finished();
        } else {
            log.warn("Scenario '{}' failed", run, failure);
            run.failed(failure);
        }
        run.crew().dismiss();
        log.info("Scenario '{}' has ended", run);
    }

    /** Ends the present run, if there is one, and waits until it has cleared away. */
    void stop(String name) throws InterruptedException {
        Optional<Run> run = latestOf(name);
        if (run.isPresent()) {
            stop(run.get());
        }
    }

    private static void stop(Run run) throws InterruptedException {
        run.requestStop();
        if (!run.awaitEnd(PATIENCE)) {
            log.warn("Scenario '{}' does not end by itself and is interrupted", run);
            run.crew().dismiss();
        }
    }

    @Override
    public void start() {
        open = true;
    }

    @Override
    public void stop() {
        open = false;
        latest.values().forEach(Run::requestStop);
        try {
            for (Run run : latest.values()) {
                stop(run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            latest.values().forEach(run -> run.crew().dismiss());
        }
    }

    @Override
    public boolean isRunning() {
        return open;
    }
}
