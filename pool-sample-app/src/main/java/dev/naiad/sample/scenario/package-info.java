/** Incidents that the shop stages on request, to be watched in the pool: each is one class, which {@code ScenarioRunner} runs. */
@NullMarked
package dev.naiad.sample.scenario;

import org.jspecify.annotations.NullMarked;
