/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/**
 * The shop's page looks like the console. It does not load the console's style sheet: that is part of an endpoint, and there only where
 * the endpoint is exposed.
 */
class PaletteTests {

    private static final Pattern COLOUR = Pattern.compile("--([\\w-]+): (#\\p{XDigit}{6});");

    @Test
    void theShopHasTheColoursOfTheConsoleInBothSchemes() throws IOException {
        Map<String, List<String>> console = colours("META-INF/naiad/console/console.css");
        Map<String, List<String>> shop = colours("static/shop/shop.css");
        shop.keySet().retainAll(console.keySet());

        assertThat(shop)
                .hasSizeGreaterThan(10)
                .satisfies(common -> assertThat(console).containsAllEntriesOf(common));
    }

    /** Of each name the light value and the dark one. */
    private static Map<String, List<String>> colours(String sheet) throws IOException {
        return COLOUR.matcher(new ClassPathResource(sheet).getContentAsString(StandardCharsets.UTF_8))
                .results()
                .collect(Collectors.groupingBy(
                        found -> found.group(1),
                        LinkedHashMap::new,
                        Collectors.mapping(found -> found.group(2), Collectors.toList())));
    }
}
