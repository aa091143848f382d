/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jdbc.autoconfigure.DataJdbcRepositoriesAutoConfiguration;

/** An application that has everything on the class path and nothing of its own. It opens no connection by itself. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = DataJdbcRepositoriesAutoConfiguration.class) // asks the database who it is
public class TestApplication {}
