/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/**
 * Puts a proxy in front of a data source that has a reader. It borrows when the first statement comes, and then knows whether
 * the transaction is read-only.
 */
final class ReadOnlyRouting implements BeanPostProcessor, Ordered {

    /** After that of {@code spring.datasource.connection-fetch}, whose proxy can have the reader as well. */
    private static final int ORDER = 10;

    private final Map<String, String> readers;
    private final BeanFactory beanFactory;

    /** @param readers the bean names of the readers, by those of their writers */
    ReadOnlyRouting(Map<String, String> readers, BeanFactory beanFactory) {
        this.readers = readers;
        this.beanFactory = beanFactory;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        String reader = readers.get(beanName);
        if (reader == null || !(bean instanceof DataSource writer) || bean instanceof EmbeddedDatabase) {
            return bean; // a test's database has no reader
        }
        LazyConnectionDataSourceProxy router =
                writer instanceof LazyConnectionDataSourceProxy lazy ? lazy : new LazyConnectionDataSourceProxy(writer);
        router.setReadOnlyDataSource(beanFactory.getBean(reader, DataSource.class));
        return router;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }
}
