/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The report, in Markdown. */
final class Report {

    private final StringBuilder text = new StringBuilder();
    private final Results results;

    Report(Form form, long minutes, List<Group> groups, Results results) {
        this.results = results;
        text.append("Measured in ")
                .append(minutes)
                .append(" minutes (")
                .append(form)
                .append(" form) with ");
        text.append(Machine.describe()).append(".\n\n");
        text.append(
                "In brackets: how many times better than HikariCP in the same run; above 1 is better. What was measured ");
        text.append("several times is represented by the median.\n");
        targets(groups);
        groups.forEach(this::section);
        if (!results.failures().isEmpty()) {
            text.append("\n## Not measured\n\n");
            results.failures()
                    .forEach(failure -> text.append("- ").append(failure).append('\n'));
        }
    }

    private void targets(List<Group> groups) {
        List<Target.Verdict> verdicts = Target.all().stream()
                .filter(target -> groups.contains(target.group()))
                .map(target -> target.judge(results))
                .toList();
        if (verdicts.isEmpty()) {
            return;
        }
        text.append("\n## Targets\n\n| | target | attained |\n|---|---|---|\n");
        for (Target.Verdict verdict : verdicts) {
            row(List.of(verdict.mark(), verdict.target(), verdict.attained()));
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
