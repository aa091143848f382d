/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import org.springframework.util.PropertyPlaceholderHelper;
import org.springframework.web.util.HtmlUtils;

/** Writes the page of scenarios. What is in it is complete without a script; the script only shows what goes on. */
@Component
class FrontPage {

    /** Something else to look at. */
    record Link(String text, String path) {}

    private static final PropertyPlaceholderHelper PLACEHOLDERS = new PropertyPlaceholderHelper("{{", "}}");

    private final String page = read("index");
    private final String scenario = read("scenario");
    private final String parameter = read("parameter");
    private final String link = read("link");

    private static String read(String name) {
        try {
            return new ClassPathResource("pages/" + name + ".html").getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param base where the shop is, for commands: host, port and path */
    String html(String base, Collection<Link> links, List<Description> scenarios) {
        return fill(
                page,
                Map.of(
                        "base",
                        text(base),
                        "links",
                        links.stream().map(this::html).collect(Collectors.joining()),
                        "scenarios",
                        scenarios.stream().map(each -> html(base, each)).collect(Collectors.joining())));
    }

    private String html(Link each) {
        return fill(link, Map.of("text", text(each.text()), "path", text(each.path())));
    }

    private String html(String base, Description each) {
        return fill(
                scenario,
                Map.of(
                        "base",
                        text(base),
                        "name",
                        text(each.name()),
                        "title",
                        text(each.title()),
                        "does",
                        text(each.does()),
                        "lookAt",
                        text(each.lookAt()),
                        "verdict",
                        each.expect().verdict().name(),
                        "parameters",
                        each.parameters().stream().map(this::html).collect(Collectors.joining())));
    }

    private String html(Parameter each) {
        return fill(
                parameter,
                Map.of(
                        "name",
                        text(each.name()),
                        "meaning",
                        text(each.meaning()),
                        "standard",
                        "" + each.standard(),
                        "min",
                        "" + each.min(),
                        "max",
                        "" + each.max()));
    }

    private static String text(String plain) {
        return HtmlUtils.htmlEscape(plain, StandardCharsets.UTF_8.name());
    }

    private static String fill(String template, Map<String, String> values) {
        return PLACEHOLDERS.replacePlaceholders(template, name -> Objects.requireNonNull(values.get(name), name));
    }
}
