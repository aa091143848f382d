/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.spring.actuate.PoolsReadinessHealthIndicator;
import dev.naiad.pool.spring.actuate.ReadinessMembership;
import java.util.stream.Stream;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Auto-configuration that keeps an application from being ready before its pools are warm. After Spring Boot's for probes, which
 * makes the group {@code readiness}; a group whose members the application names itself is left alone.
 */
@AutoConfiguration(
        after = NaiadAutoConfiguration.class,
        afterName =
                "org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration")
@ConditionalOnClass({HealthEndpointGroupsPostProcessor.class, Endpoint.class})
@ConditionalOnBean(PoolsReadinessHealthIndicator.class)
@Conditional(NaiadReadinessAutoConfiguration.MembersNotNamed.class)
public final class NaiadReadinessAutoConfiguration {

    /** The health component; Spring Boot takes its name from that of the bean. */
    static final String COMPONENT = "poolsReadiness";

    @Bean
    static ReadinessMembership naiadReadinessMembership() {
        return new ReadinessMembership(COMPONENT);
    }

    /** Nobody has said who is a member of the group. */
    static final class MembersNotNamed implements Condition {

        private static final String GROUP = "management.endpoint.health.group.readiness.";

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            Binder binder = Binder.get(context.getEnvironment());
            return Stream.of("include", "exclude")
                    .noneMatch(property -> binder.bind(GROUP + property, Bindable.setOf(String.class))
                            .isBound());
        }
    }
}
