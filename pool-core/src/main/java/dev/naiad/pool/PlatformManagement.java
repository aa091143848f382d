/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

/** JMX, where the runtime image has it. */
final class PlatformManagement {

    private PlatformManagement() {}

    /** Shows a pool through JMX; if that is not possible, the log says so, and the pool works all the same. */
    static Registration register(Pool pool) {
        try {
            Class.forName("javax.management.MBeanServer", false, PlatformManagement.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            pool.logSafely(log -> log.warn(
                    "Pool '{}': register_mbeans needs the module java.management, which this JVM runs without",
                    pool.name()));
            return () -> {};
        }
        return MbeanRegistration.of(pool);
    }
}
