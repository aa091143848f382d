package dev.naiad.pool.spring.autoconfigure;

import java.beans.Introspector;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Names the property that was meant when one under {@code naiad} does not exist. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("naiad");

    /** Beyond so many edits the resemblance is chance. */
    private static final int FARTHEST = 4;

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        List<ConfigurationProperty> unknown = cause.getUnboundProperties().stream()
                .filter(property -> PREFIX.isAncestorOf(property.getName()))
                .toList();
        if (unknown.isEmpty()) {
            return null;
        }
        String description = unknown.stream()
                .map(UnknownPropertyFailureAnalyzer::describe)
                .collect(Collectors.joining(System.lineSeparator()));
        return new FailureAnalysis(
                description,
                "Correct or remove it. The properties of the connection pool are: "
                        + knownNames().stream().map(name -> "naiad." + name).collect(Collectors.joining(", ")) + ".",
                cause);
    }

    private static String describe(ConfigurationProperty property) {
        String origin = property.getOrigin() == null ? "" : " (from " + property.getOrigin() + ")";
        String text = "There is no property '" + property.getName() + "'" + origin + ".";
        return nearest(property.getName().subName(PREFIX.getNumberOfElements()).toString())
                .map(name -> text + " Did you mean 'naiad." + name + "'?")
                .orElse(text);
    }

    private static Optional<String> nearest(String unknown) {
        String wanted = bare(unknown);
        return knownNames().stream()
                .filter(name -> distance(wanted, bare(name)) <= Math.min(FARTHEST, wanted.length() / 2))
                .min(Comparator.comparingInt(name -> distance(wanted, bare(name))));
    }

    static List<String> knownNames() {
        return Arrays.stream(NaiadProperties.class.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> Introspector.decapitalize(name)
                        .replaceAll("([A-Z])", "-$1")
                        .toLowerCase(Locale.ROOT))
                .toList();
    }

    private static String bare(String name) {
        return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    /** The number of characters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        Arrays.setAll(previous, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
