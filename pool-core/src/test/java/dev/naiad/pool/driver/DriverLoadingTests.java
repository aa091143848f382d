/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.Pool;
import dev.naiad.pool.StubDatabaseDriver;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class DriverLoadingTests {

    private static Path placeOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Loads everything anew, and remembers it. */
    private static final class Recorder extends URLClassLoader {
        final List<String> loaded = new ArrayList<>();

        Recorder() throws Exception {
            super(
                    new URL[] {
                        placeOf(Pool.class).toUri().toURL(),
                        placeOf(LoggerFactory.class).toUri().toURL()
                    },
                    ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            loaded.add(name);
            return super.findClass(name);
        }
    }

    @Test
    void nothingOfThePoolIsTouchedWhenTheDriverIsLoaded() throws Exception {
        try (Recorder loader = new Recorder()) {
            Set<Thread> before = Thread.getAllStackTraces().keySet();
            List<Driver> drivers = ServiceLoader.load(Driver.class, loader).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(driver -> driver.getClass().getClassLoader() == loader)
                    .toList();

            assertThat(drivers).singleElement().satisfies(driver -> {
                assertThat(driver.getClass().getName()).isEqualTo(ManagedDriver.class.getName());
                assertThat(driver.acceptsURL("jdbc:h2:mem:x")).isFalse();
                assertThat(driver.acceptsURL("jdbc:naiad:jdbc:h2:mem:x")).isTrue();
            });
            assertThat(loader.loaded)
                    .contains(ManagedDriver.class.getName())
                    .allMatch(name -> name.startsWith("dev.naiad.pool.driver.") || name.endsWith("Exception"));
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !before.contains(thread))
                    .noneMatch(thread -> thread.getName().contains("naiad"));
        }
    }

    @Test
    void theDriverManagerFindsItByItself() throws Exception {
        assertThat(DriverManager.getDriver("jdbc:naiad:jdbc:h2:mem:x")).isInstanceOf(ManagedDriver.class);
    }

    @Test
    void asAModuleItProvidesTheDriverAndMaySearchForOthers() throws Exception {
        ModuleFinder finder = ModuleFinder.of(placeOf(Pool.class), placeOf(LoggerFactory.class));
        Configuration configuration =
                ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), Set.of("dev.naiad.pool"));
        ModuleLayer layer =
                ModuleLayer.boot().defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader());

        assertThat(ServiceLoader.load(layer, Driver.class).stream()
                        .filter(provider -> provider.type().getModule().getLayer() == layer)
                        .map(provider -> provider.type().getName()))
                .containsExactly(ManagedDriver.class.getName());
        Module module = layer.findModule("dev.naiad.pool").orElseThrow();
        assertThat(module.isExported("dev.naiad.pool.driver")).isTrue();
        assertThat(module.canUse(Driver.class)).isTrue();
    }

    @Test
    void findsTheRealDriverThroughTheContextClassLoader(@TempDir Path directory) throws Exception {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve("java.sql.Driver"), StubDatabaseDriver.class.getName());
        URI place = directory.toUri();
        ClassLoader previous = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader application = new URLClassLoader(new URL[] {place.toURL()}, previous)) {
            Thread.currentThread().setContextClassLoader(application);

            DriverManager.getConnection("jdbc:naiad:jdbc:stub:shop").close();

            assertThat(ManagedDriver.pools()).hasSize(1);
        } finally {
            Thread.currentThread().setContextClassLoader(previous);
            ManagedDriver.clear();
        }
    }
}
