/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import dev.naiad.pool.spring.autoconfigure.NaiadProperties.NamedPool;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/** Registers a data source bean for each pool below {@code naiad.pools}, with the pool's name as its qualifier. */
final class NamedPoolsRegistrar implements ImportBeanDefinitionRegistrar {

    static final String FACTORY = "naiadNamedPools";

    private final Environment environment;

    NamedPoolsRegistrar(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        Map<String, NamedPool> pools = bind(environment);
        refuseTwo(pools, "primary", "one pool at most is preferred", pool -> pool.isPrimary() ? "true" : null);
        refuseTwo(pools, "read-only-of", "a pool has one reader at most", NamedPool::getReadOnlyOf);
        pools.forEach((name, pool) -> {
            check(name, pool.getReadOnlyOf(), pools);
            RootBeanDefinition definition = new RootBeanDefinition(DataSource.class);
            definition.setFactoryBeanName(FACTORY);
            definition.setFactoryMethodName("dataSource");
            definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
            definition.setDestroyMethodName(RootBeanDefinition.INFER_METHOD);
            definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
            definition.setPrimary(pool.isPrimary());
            definition.setDefaultCandidate(pool.isPrimary() || pool.isDefaultCandidate());
            registry.registerBeanDefinition(NamedPools.beanNameOf(name), definition);
        });
    }

    static Map<String, NamedPool> bind(Environment environment) {
        Map<String, NamedPool> pools = new LinkedHashMap<>(Binder.get(environment)
                .bind(NamedPools.PREFIX, Bindable.mapOf(String.class, NamedPool.class))
                .orElseGet(Map::of));
        Set<String> withoutHyphens = pools.keySet().stream()
                .filter(name -> name.contains("-"))
                .map(name -> name.replace("-", ""))
                .collect(Collectors.toSet());
        pools.keySet().removeAll(withoutHyphens); // as environment variables call them
        return pools;
    }

    private static void check(String name, @Nullable String writer, Map<String, NamedPool> pools) {
        if (writer != null
                && (writer.equals(name)
                        || !writer.equals(NaiadDataSourcePostProcessor.AUTO_CONFIGURED)
                                && !pools.containsKey(writer))) {
            throw new InvalidConfigurationPropertyValueException(
                    NamedPools.PREFIX + "." + name + ".read-only-of",
                    writer,
                    "It must be '" + NaiadDataSourcePostProcessor.AUTO_CONFIGURED
                            + "' or the name of another pool below '" + NamedPools.PREFIX + "': "
                            + String.join(", ", pools.keySet()));
        }
    }

    /** Two pools of which only one can have the property with this value. */
    private static void refuseTwo(
            Map<String, NamedPool> pools, String property, String reason, Function<NamedPool, @Nullable String> value) {
        Map<String, String> first = new HashMap<>();
        pools.forEach((name, pool) -> {
            String present = value.apply(pool);
            String other = present == null ? null : first.putIfAbsent(present, name);
            if (other != null) {
                String refused = NamedPools.PREFIX + "." + name + "." + property;
                throw new SettingClashException(
                        refused,
                        NamedPools.PREFIX + "." + other + "." + property,
                        reason,
                        "Remove '" + refused + "', or the other.");
            }
        });
    }
}
