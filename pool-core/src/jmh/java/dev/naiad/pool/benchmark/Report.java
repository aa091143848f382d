/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.scenario.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The report, in Markdown. */
final class Report {

    private final StringBuilder text = new StringBuilder();
    private final Results results;

    Report(Form form, Duration taken, Set<Group> groups, Results results) {
        this.results = results;
        text.append(String.format(Locale.ROOT, "Measured in %.1f minutes (", taken.toMillis() / 60e3))
                .append(form)
                .append(" form) with ");
        text.append(Machine.describe()).append(".\n\n");
        text.append(
                "In brackets: how many times better than HikariCP in the same run; above 1 is better. What was measured ");
        text.append("several times is represented by the median.\n");
        if (!ThreadKind.VIRTUAL.isAvailable()) {
            text.append("\nThis JDK has no virtual threads, which came with 21: what needs them is left out.\n");
        }
        targets(groups);
        groups.stream().filter(group -> !results.isEmpty(group)).forEach(this::section);
        if (!results.failures().isEmpty()) {
            text.append("\n## Not measured\n\n");
            results.failures()
                    .forEach(failure -> text.append("- ").append(failure).append('\n'));
        }
        text.append("\n## Durations\n\n| | estimated (s) | taken (s) | rounds |\n|---|---:|---:|---:|\n");
        results.stints().forEach(this::duration);
    }

    private void duration(Group group, Stint stint) {
        boolean whole = stint.rounds() == stint.planned();
        row(List.of(
                group.title(),
                String.valueOf(stint.estimate().toSeconds()),
                String.valueOf(stint.taken().toSeconds()),
                stint.rounds() + (whole ? "" : " of " + stint.planned() + ": the machine was too slow for more")));
    }

    private void targets(Set<Group> groups) {
        List<Target.Verdict> verdicts = Target.all().stream()
                .filter(target -> groups.contains(target.group()))
                .map(target -> target.judge(results))
                .toList();
        if (verdicts.isEmpty()) {
            return;
        }
        text.append("\n## Targets\n\n| | target | attained | if not, why |\n|---|---|---|---|\n");
        for (Target.Verdict verdict : verdicts) {
            row(List.of(verdict.mark(), verdict.target(), verdict.attained(), verdict.reason()));
        }
    }

    private void section(Group group) {
        text.append("\n## ")
                .append(group.title())
                .append("\n\n")
                .append(group.text())
                .append("\n\n");
        text.append("![").append(group.title()).append("](").append(group.id()).append(".svg)\n");
        for (String variant : results.variants(group)) {
            table(group, variant);
        }
    }

    private void table(Group group, String variant) {
        text.append('\n');
        List<String> head = new ArrayList<>(List.of(variant.isEmpty() ? "pool" : variant));
        group.metrics().forEach(metric -> head.add(metric.title()));
        row(head);
        row(head.stream()
                .map(title -> title.equals(head.get(0)) ? "---" : "---:")
                .toList());
        for (String pool : results.rows(group, variant)) {
            List<String> cells = new ArrayList<>(List.of(pool));
            for (Metric metric : group.metrics()) {
                cells.add(cell(group, variant, pool, metric));
            }
            row(cells);
        }
    }

    private String cell(Group group, String variant, String pool, Metric metric) {
        double value = results.get(group, variant, pool, metric.key());
        if (Double.isNaN(value)) {
            return "–";
        }
        double reference = results.get(group, variant, Contender.HIKARI, metric.key());
        boolean compared = metric.better() != Metric.Better.NEITHER
                && !Double.isNaN(reference)
                && value > 0
                && reference > 0
                && !pool.equals(Contender.HIKARI.title());
        return metric.format(value)
                + (compared ? String.format(Locale.ROOT, " (%.2f)", metric.advantage(value, reference)) : "");
    }

    private void row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
