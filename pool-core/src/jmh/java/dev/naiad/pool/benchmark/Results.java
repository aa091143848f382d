/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import dev.naiad.pool.benchmark.contender.Contender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All figures of a run. What was measured more than once is represented by its median. */
final class Results {

    /** Stands for what no pool can go below. */
    static final String FLOOR = "floor";

    private record Key(Group group, String variant, String row, String metric) {}

    private final Map<Key, List<Double>> figures = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<Group, Stint> stints = new EnumMap<>(Group.class);

    void add(Group group, String variant, String row, String metric, double value) {
        figures.computeIfAbsent(new Key(group, variant, row, metric), key -> new ArrayList<>())
                .add(value);
    }

    void failed(Group group, String row, String reason) {
        failures.add(group.title() + ", " + row + ": " + reason);
    }

    void took(Group group, Stint stint) {
        stints.put(group, stint);
    }

    /** The groups that are done, in their order. */
    Map<Group, Stint> stints() {
        return stints;
    }

    List<String> failures() {
        return failures;
    }

    /** The median, or NaN if it was not measured. */
    double get(Group group, String variant, String row, String metric) {
        List<Double> values = figures.getOrDefault(new Key(group, variant, row, metric), List.of());
        if (values.isEmpty()) {
            return Double.NaN;
        }
        double[] sorted = values.stream().mapToDouble(value -> value).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double get(Group group, String variant, Contender contender, String metric) {
        return get(group, variant, contender.title(), metric);
    }

    Set<String> variants(Group group) {
        Set<String> variants = new LinkedHashSet<>();
        figures.keySet().stream().filter(key -> key.group == group).forEach(key -> variants.add(key.variant));
        return variants;
    }

    /** The pools measured, in the order of their declaration; the floor comes first. */
    List<String> rows(Group group, String variant) {
        Set<String> present = new LinkedHashSet<>();
        figures.keySet().stream()
                .filter(key -> key.group == group && key.variant.equals(variant))
                .forEach(key -> present.add(key.row));
        List<String> rows = new ArrayList<>();
        if (present.contains(FLOOR)) {
            rows.add(FLOOR);
        }
        for (Contender contender : Contender.values()) {
            if (present.contains(contender.title())) {
                rows.add(contender.title());
            }
        }
        return rows;
    }

    boolean isEmpty(Group group) {
        return variants(group).isEmpty();
    }
}
