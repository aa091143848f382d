/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

@RestController
@RequestMapping("/scenarios")
class ScenarioController {

    /** A scenario, and its present or last run, if there was one. */
    record View(
            String name,
            String title,
            String does,
            String lookAt,
            Description.Expectation expect,
            List<Parameter> parameters,
            Run.@Nullable View run) {

        static View of(Description description, Run.@Nullable View run) {
            return new View(
                    description.name(),
                    description.title(),
                    description.does(),
                    description.lookAt(),
                    description.expect(),
                    description.parameters(),
                    run);
        }
    }

    private final ScenarioRunner runner;

    ScenarioController(ScenarioRunner runner) {
        this.runner = runner;
    }

    @GetMapping
    List<View> scenarios() {
        return runner.descriptions().stream()
                .map(description -> view(description.name()))
                .toList();
    }

    @GetMapping("/{name}")
    View scenario(@PathVariable String name) {
        return view(name);
    }

    private View view(String name) {
        return View.of(
                runner.description(name), runner.latestOf(name).map(Run::view).orElse(null));
    }

    @PostMapping("/{name}")
    ResponseEntity<View> start(@PathVariable String name, @RequestParam Map<String, String> wishes) {
        Run run = runner.start(name, wishes);
        URI location =
                ServletUriComponentsBuilder.fromCurrentRequestUri().build().toUri();
        return ResponseEntity.accepted().location(location).body(View.of(runner.description(name), run.view()));
    }

    /** Answers when everything has been cleared away. */
    @DeleteMapping("/{name}")
    View stop(@PathVariable String name) throws InterruptedException {
        runner.stop(name);
        return view(name);
    }
}
