/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.Optional;

/** What is meant by a name that is another pool's, or Spring Boot's, when it is written below {@code naiad}. */
final class OtherPools {

    /** Before the names of SQLAlchemy's {@code create_engine}. */
    private static final String ENGINE = "pool";

    private OtherPools() {}

    /** The property here, of the pool or below {@code spring.datasource}, without its prefix; empty if the name is nobody's. */
    static Optional<String> counterpart(String written) {
        if (Spelling.isSame(written, "url")) {
            return Optional.of("url");
        }
        return HikariProperty.of(written)
                .filter(HikariProperty::isMapped)
                .map(property -> property.counterpart().replaceFirst("^(naiad|spring\\.datasource)\\.", ""))
                .or(() -> ofTheEngine(written));
    }

    private static Optional<String> ofTheEngine(String written) {
        return UnknownPropertyFailureAnalyzer.knownNames().stream()
                .filter(name -> Spelling.isSame(written, ENGINE + name))
                .findFirst();
    }
}
