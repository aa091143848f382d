/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import java.util.List;
import java.util.Locale;

/** Bars for the first metric of a group, one block for each variant, each to its own scale. */
final class Plot {

    private static final int LABELS = 150;
    private static final int BARS = 420;
    private static final int VALUES = 110;
    private static final int BAR = 16;
    private static final int GAP = 5;

    private final StringBuilder body = new StringBuilder();
    private final Group group;
    private final Results results;
    private final Metric metric;
    private int y = 22;

    Plot(Group group, Results results) {
        this.group = group;
        this.results = results;
        this.metric = group.metrics().get(0);
        String better = metric.better() == Metric.Better.LOW ? "less is better" : "more is better";
        text(0, y, "start", "title", group.title() + ": " + metric.title() + " (" + better + ")");
        for (String variant : results.variants(group)) {
            block(variant);
        }
    }

    private void block(String variant) {
        List<String> rows = results.rows(group, variant).stream()
                .filter(row -> !Double.isNaN(value(variant, row)))
                .toList();
        double most =
                rows.stream().mapToDouble(row -> value(variant, row)).max().orElse(0);
        y += 14;
        if (!variant.isEmpty()) {
            y += BAR;
            text(0, y, "start", "variant", variant);
            y += GAP;
        }
        for (String row : rows) {
            double value = value(variant, row);
            long length = Math.max(1, Math.round(value / most * BARS));
            text(LABELS - 8, y + BAR - 4, "end", "label", row);
            body.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>%n",
                    row.equals(Contender.NAIAD.title()) ? "ours" : "theirs",
                    LABELS,
                    y,
                    length,
                    BAR));
            text((int) (LABELS + length + 6), y + BAR - 4, "start", "label", metric.format(value));
            y += BAR + GAP;
        }
    }

    private double value(String variant, String row) {
        return results.get(group, variant, row, metric.key());
    }

    private void text(int x, int baseline, String anchor, String style, String content) {
        body.append(String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n",
                style,
                x,
                baseline,
                anchor,
                content.replace("&", "&amp;").replace("<", "&lt;")));
    }

    @Override
    public String toString() {
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="-10 0 %1$d %2$d">
                <style>
                text { font: 12px sans-serif; fill: #333 }
                .title { font-size: 15px; font-weight: bold }
                .variant { font-weight: bold }
                .ours { fill: #0a7f8c }
                .theirs { fill: #b9c4cc }
                </style>
                <rect x="-10" width="%1$d" height="%2$d" fill="#fff"/>
                %3$s</svg>
                """.formatted(LABELS + BARS + VALUES + 10, y + 10, body);
    }
}
