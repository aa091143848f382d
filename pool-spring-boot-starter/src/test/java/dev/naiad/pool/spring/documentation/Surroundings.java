/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.QueuePool;
import java.sql.Connection;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What examples in the documentation may take for granted. */
public abstract class Surroundings {

    protected static final Logger log = LoggerFactory.getLogger(Surroundings.class);

    protected final String password = "secret";
    protected final Duration slow = Duration.ofSeconds(1);
    protected final NaiadDataSource dataSource = new NaiadDataSource();
    protected final Properties properties = new Properties();
    protected final DataSource realDataSource = dataSource;
    protected final QueuePool pool = null;
    protected final Connection connection = null;
}
