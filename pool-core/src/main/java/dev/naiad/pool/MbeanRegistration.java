/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.lang.management.ManagementFactory;
import java.util.regex.Pattern;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The place of a pool in the platform's MBean server. Closing it frees the name. */
final class MbeanRegistration implements Registration {

    /** What an object name cannot have unless it is quoted. */
    private static final Pattern SPECIAL = Pattern.compile("[,=:\"*?\\n\\\\]");

    private final Pool pool;
    private final MBeanServer server;
    private final ObjectName name;

    private MbeanRegistration(Pool pool, MBeanServer server, ObjectName name) {
        this.pool = pool;
        this.server = server;
        this.name = name;
    }

    /** Registers a pool; if there is another of its name, under its name with a number. A failure is logged. */
    static Registration of(Pool pool) {
        try {
            return registered(pool, ManagementFactory.getPlatformMBeanServer());
        } catch (JMException | RuntimeException e) {
            pool.logSafely(log -> log.warn("Pool '{}' cannot be registered with JMX", pool.name(), e));
            return () -> {};
        }
    }

    private static Registration registered(Pool pool, MBeanServer server) throws JMException {
        for (int number = 1; ; number++) {
            ObjectName name = nameOf(number == 1 ? pool.name() : pool.name() + "-" + number);
            try {
                server.registerMBean(new PoolManagement(pool), name);
            } catch (InstanceAlreadyExistsException e) {
                continue;
            }
            if (number > 1) {
                pool.logSafely(log -> log.info(
                        "Pool '{}': there is another pool of this name, so JMX shows this one as {}",
                        pool.name(),
                        name));
            }
            return new MbeanRegistration(pool, server, name);
        }
    }

    static ObjectName nameOf(String pool) throws JMException {
        String value = SPECIAL.matcher(pool).find() ? ObjectName.quote(pool) : pool;
        return new ObjectName("dev.naiad:type=Pool,name=" + value);
    }

    @Override
    public void close() {
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            pool.logDetail("Pool '{}': somebody else has removed {} from JMX", pool.name(), name);
        } catch (JMException | RuntimeException e) {
            pool.logSafely(log -> log.warn("Pool '{}' cannot be removed from JMX", pool.name(), e));
        }
    }
}
